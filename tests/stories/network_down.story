# The adapter of b's host is down. The trouble is here, not there: no election, and no changes to replication.
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
at 3s cut b | a c
at 3s b network=down
at 20s ask b
at 20s alerts b
at 20s ask a
at 21s b network=unknown
at 21s ask b
----
at 20s ask b: nothing
    network_down  b  message 'eth0 is down'
at 20s alerts b: no_primary
    critical  no_primary
    critical  network_down      b  message 'eth0 is down'
    warning   node_unreachable  a  reach silent, message 'timeout expired'
    warning   node_unreachable  c  reach silent, message 'timeout expired'
at 20s ask a: set_sync_names a 'FIRST 1 ("c")'
    primary_healthy  a
    sync_changes     a  from '', to 'FIRST 1 ("c")'
at 21s ask b: nothing
    network_unknown  b  message ''
