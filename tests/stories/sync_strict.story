# strict: commits wait for two standbys, come what may. The report says what they wait for.
cluster sync=quorum count=2 strict=yes degrade_after=5s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
at 1s ask a
at 2s a sync='ANY 2 ("b", "c")'
at 2s ask a
at 3s c refused
at 60s ask a
at 60s alerts a
----
at 1s ask a: set_sync_names a 'ANY 2 ("b", "c")'
    primary_healthy  a
    sync_changes     a  from '', to 'ANY 2 ("b", "c")'
at 2s ask a: nothing
    primary_healthy  a
    sync_right       a  names 'ANY 2 ("b", "c")'
at 60s ask a: nothing
    primary_healthy    a
    sync_strict_holds  a  names 'ANY 2 ("b", "c")'
at 60s alerts a: degraded
    warning  sync_degraded     a  streaming 1, wanted 2, names 'ANY 2 ("b", "c")'
    warning  node_unreachable  c  reach refused, message 'Connection refused'
