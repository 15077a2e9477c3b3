# A candidate that slept does not know what it missed: it lets everything go and begins anew.
cluster quorum=majority ttl=10s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/4F00 follows a
at 3s a silent
at 13s agent b lease held term=4 votes=b,c
at 14s agent b lease slept
at 14s ask b
at 15s a primary 0/5000
at 16s a silent
at 16s ask b
----
at 14s ask b: nothing
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
    host_slept    b
  holds no vote
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
at 16s ask b: nothing
    failover_after_running  left 10s
  holds no vote
  look again in 10s
