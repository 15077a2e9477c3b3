# The same position on an older timeline is not the same data: that standby has no turn after the best one's.
cluster quorum=majority ttl=10s failover_after=2s
  a silent
  b standby 0/5000 tl=2
  c standby 0/5000 tl=1
at 1s ask c
at 60s ask c
----
at 1s ask c: nothing
    failover_after_running  left 1s
  holds no vote
  look again in 1s
at 60s ask c: nothing
    no_primary
    better_standby  c  timeline 1, lsn 0/5000, best b, best_timeline 2, best_lsn 0/5000
  holds no vote
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 2, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 2, best_lsn 0/5000
