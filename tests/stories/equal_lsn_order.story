# Same position, same priority: the first of the configuration.
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
at 3s a refused
at 13s ask b
at 13s ask c
----
at 13s ask b: promote b
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
  candidates
    -  a  not_accepting   reach refused, message 'Connection refused'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
at 13s ask c: nothing
    no_primary
    better_standby  c  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
  candidates
    -  a  not_accepting   reach refused, message 'Connection refused'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
