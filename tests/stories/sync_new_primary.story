# Just promoted, no standby has turned to it yet: nothing to degrade, commits do not wait.
  a refused lineup=primary
  b primary 0/5100 tl=2
  c standby 0/5000 follows a waiting
at 1s ask b
at 2s c follows b
at 2s ask b
----
at 1s ask b: nothing
    primary_healthy  b
    sync_right       b  names ''
at 2s ask b: set_sync_names b '*'
    primary_healthy  b
    sync_changes     b  from '', to '*'
