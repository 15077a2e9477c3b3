# What keeps a standby from being elected keeps it from seeking votes.
cluster quorum=majority ttl=10s max_lag=1kB
  a primary 0/5000
  b standby 0/4000 follows a
  c standby 0/5000 follows a nofailover
at 3s a silent
at 14s ask b
at 14s ask c
at 15s b standby 0/5000
at 15s b network=down
at 16s ask b
at 17s b network=up
at 17s ask b stale c=3s
----
at 14s ask b: nothing
    no_primary
    lag_over_max  b  lag_bytes 4096, max_lag_bytes 1024
  holds no vote
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    -  b  lag_over_max   lag_bytes 4096, max_lag_bytes 1024
    -  c  nofailover
at 14s ask c: nothing
    no_primary
    nofailover  c
  holds no vote
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    -  b  lag_over_max   lag_bytes 4096, max_lag_bytes 1024
    -  c  nofailover
at 16s ask b: nothing
    network_down  b  message 'eth0 is down'
  holds no vote
at 17s ask b stale c=3s: nothing
    no_primary
    observation_stale  c  age 3s
  holds no vote
  look again in 50ms
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    -  b
    -  c  nofailover
