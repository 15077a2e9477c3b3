# mode = "manual": says who should be promoted, and leaves it to a person. Following is not a failover and goes on.
cluster mode=manual
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/4F00 follows elsewhere waiting
at 1s ask c
at 3s a refused
at 13s ask b
at 13s ask c
----
at 1s ask c: follow a
    follows_wrong_node  c  from elsewhere:5432, to a
at 13s ask b: nothing
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
    manual_mode   b
  candidates
    -  a  not_accepting   reach refused, message 'Connection refused'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
at 13s ask c: nothing
    no_primary
    better_standby  c  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
  candidates
    -  a  not_accepting   reach refused, message 'Connection refused'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
