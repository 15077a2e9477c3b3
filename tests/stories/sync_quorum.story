# ANY 2 of the standbys that stream, by name. With fewer than two left, one is waited for; with none, nobody.
cluster sync=quorum count=2 degrade_after=5s
  a primary 0/5000 sync='ANY 2 ("b", "c", "d")'
  b standby 0/5000 follows a
  c standby 0/5000 follows a
  d standby 0/5000 follows a
at 1s ask a
# One of three gone: two still answer, nobody waits, so the list is put right at once.
at 3s d refused
at 3s ask a
at 4s a sync='ANY 2 ("b", "c")'
at 5s c refused
at 5s ask a
at 10s ask a
at 10s alerts a
----
at 1s ask a: nothing
    primary_healthy  a
    sync_right       a  names 'ANY 2 ("b", "c", "d")'
at 3s ask a: set_sync_names a 'ANY 2 ("b", "c")'
    primary_healthy  a
    sync_changes     a  from 'ANY 2 ("b", "c", "d")', to 'ANY 2 ("b", "c")'
at 5s ask a: nothing
    primary_healthy    a
    sync_degrade_wait  a  names 'ANY 2 ("b", "c")', left 5s
  look again in 5s
at 10s ask a: set_sync_names a 'ANY 1 ("b")'
    primary_healthy  a
    sync_changes     a  from 'ANY 2 ("b", "c")', to 'ANY 1 ("b")'
at 10s alerts a: degraded
    warning  sync_degraded     a  streaming 1, wanted 2, names 'ANY 2 ("b", "c")'
    warning  node_unreachable  c  reach refused, message 'Connection refused'
    warning  node_unreachable  d  reach refused, message 'Connection refused'
