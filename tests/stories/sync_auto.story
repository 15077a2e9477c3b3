# sync = "auto": '*' while a standby streams; when the last one goes, commits wait for degrade_after at most.
cluster degrade_after=5s
  a primary 0/5000
  b standby 0/5000 follows a
at 1s ask a
at 2s a sync='*'
at 2s ask a
at 3s b refused
at 7s ask a
at 8s ask a
at 8s alerts a
at 9s a sync=''
at 9s ask a
at 20s b standby 0/5000 follows a
at 20s ask a
----
at 1s ask a: set_sync_names a '*'
    primary_healthy  a
    sync_changes     a  from '', to '*'
at 2s ask a: nothing
    primary_healthy  a
    sync_right       a  names '*'
at 7s ask a: nothing
    primary_healthy    a
    sync_degrade_wait  a  names '*', left 1s
  look again in 1s
at 8s ask a: set_sync_names a ''
    primary_healthy  a
    sync_changes     a  from '*', to ''
at 8s alerts a: degraded
    warning  no_standby
    warning  sync_degraded     a  streaming 0, wanted 1, names '*'
    warning  node_unreachable  b  reach refused, message 'Connection refused'
at 9s ask a: nothing
    primary_healthy  a
    sync_right       a  names ''
at 20s ask a: set_sync_names a '*'
    primary_healthy  a
    sync_changes     a  from '', to '*'
