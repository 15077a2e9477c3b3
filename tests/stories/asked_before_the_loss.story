# failover_after = 0: the answer of c is fresh enough by age, but from before a was lost. c may have got the last WAL
# after it answered.
cluster failover_after=0s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/4F00 follows a
at 3s a refused
at 3s ask b stale c=500ms
at 3500ms ask b
----
at 3s ask b stale c=500ms: nothing
    no_primary
    observation_stale  c  age 500ms
  look again in 50ms
  candidates
    -  a  not_accepting  reach refused, message 'Connection refused'
    -  b
    -  c
at 3500ms ask b: promote b
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
  candidates
    -  a  not_accepting   reach refused, message 'Connection refused'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
