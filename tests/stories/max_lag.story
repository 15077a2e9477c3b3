# max_lag: better no primary than one that lost this much. c is 4096 bytes behind the last that was seen of a, which is
# allowed to the byte; b is one byte further behind.
cluster max_lag=4kB
  a primary 0/5000
  b standby 0/3FFF follows a
  c standby 0/4000 follows a
at 3s a refused
at 13s ask b
at 13s ask c
----
at 13s ask b: nothing
    no_primary
    lag_over_max  b  lag_bytes 4097, max_lag_bytes 4096
  candidates
    -  a  not_accepting  reach refused, message 'Connection refused'
    -  b  lag_over_max   lag_bytes 4097, max_lag_bytes 4096
    0  c  only_standby   timeline 1, lsn 0/4000
at 13s ask c: promote c
    no_primary
    only_standby  c  timeline 1, lsn 0/4000
  candidates
    -  a  not_accepting  reach refused, message 'Connection refused'
    -  b  lag_over_max   lag_bytes 4097, max_lag_bytes 4096
    0  c  only_standby   timeline 1, lsn 0/4000
