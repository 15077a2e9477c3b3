# c was last asked 3 s ago; since then it may have received more. It is looked at again before anything is done.
cluster scan_period=1s probe_timeout=1s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/4F00 follows a
at 3s a refused
at 13s ask b stale c=3s
at 13s ask b unseen c
# Two seconds is as old as an answer may be.
at 13s ask b stale c=2s
----
at 13s ask b stale c=3s: nothing
    no_primary
    observation_stale  c  age 3s
  look again in 50ms
  candidates
    -  a  not_accepting  reach refused, message 'Connection refused'
    -  b
    -  c
at 13s ask b unseen c: nothing
    no_primary
    observation_stale  c
  look again in 50ms
  candidates
    -  a  not_accepting  reach refused, message 'Connection refused'
    -  b
    -  c  not_accepting  reach unknown, message ''
at 13s ask b stale c=2s: promote b
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
  candidates
    -  a  not_accepting   reach refused, message 'Connection refused'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
