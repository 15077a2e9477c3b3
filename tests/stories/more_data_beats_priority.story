# Priority chooses among equals only: it never costs a byte.
  a primary 0/5000
  b standby 0/4FFF follows a priority=1000
  c standby 0/5000 follows a
at 3s a refused
at 13s elect
----
at 13s elect: c
    no_primary
  candidates
    -  a  not_accepting   reach refused, message 'Connection refused'
    1  b  better_standby  timeline 1, lsn 0/4FFF, best c, best_timeline 1, best_lsn 0/5000
    0  c  best_standby    timeline 1, lsn 0/5000
