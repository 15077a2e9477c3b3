# b has everything, but may never be primary (a reporting server, say). c is taken although it is behind.
  a primary 0/5000
  b standby 0/5000 follows a nofailover
  c standby 0/4000 follows a
at 3s a refused
at 13s ask b
at 13s ask c
----
at 13s ask b: nothing
    no_primary
    nofailover  b
  candidates
    -  a  not_accepting  reach refused, message 'Connection refused'
    -  b  nofailover
    0  c  only_standby   timeline 1, lsn 0/4000
at 13s ask c: promote c
    no_primary
    only_standby  c  timeline 1, lsn 0/4000
  candidates
    -  a  not_accepting  reach refused, message 'Connection refused'
    -  b  nofailover
    0  c  only_standby   timeline 1, lsn 0/4000
