# That a refused connections was true 8 s ago, before this host was suspended and thawed. It may have been started
# since (LESSONS 13): look again, then act.
  a primary 0/5000
  b standby 0/5000 follows a
at 3s a refused
at 13s ask b stale a=8s
at 13s ask b stale a=2s
----
at 13s ask b stale a=8s: nothing
    no_primary
    observation_stale  a  age 8s
  look again in 50ms
  candidates
    -  a  not_accepting  reach refused, message 'Connection refused'
    -  b
at 13s ask b stale a=2s: promote b
    no_primary
    only_standby  b  timeline 1, lsn 0/5000
  candidates
    -  a  not_accepting  reach refused, message 'Connection refused'
    0  b  only_standby   timeline 1, lsn 0/5000
