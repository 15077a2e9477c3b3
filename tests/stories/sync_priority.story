# FIRST 1 in the order of the configuration, quoted as PostgreSQL wants it.
cluster sync=priority
  a primary 0/5000
  c"x standby 0/5000 follows a
  ü standby 0/5000 follows a
at 1s ask a
----
at 1s ask a: set_sync_names a 'FIRST 1 ("c""x", "%C3%BC")'
    primary_healthy  a
    sync_changes     a  from '', to 'FIRST 1 ("c""x", "%C3%BC")'
