# What is received will be replayed at the promotion: c is ahead although its replay lags.
  a primary 0/5000
  b standby 0/4F00 follows a
  c standby 0/5000 replayed=0/3000 follows a
at 3s a refused
at 13s elect
----
at 13s elect: c
    no_primary
  candidates
    -  a  not_accepting   reach refused, message 'Connection refused'
    1  b  better_standby  timeline 1, lsn 0/4F00, best c, best_timeline 1, best_lsn 0/5000
    0  c  best_standby    timeline 1, lsn 0/5000
