# Somebody without an agent asks who should lead: votes are not judged there, only data.
cluster quorum=majority ttl=10s
  a silent
  b standby 0/5000
  c standby 0/5000
at 1s elect
at 1s ask b
----
at 1s elect: b
    no_primary
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
at 1s ask b: nothing
    failover_after_running  left 9s
  holds no vote
  look again in 9s
