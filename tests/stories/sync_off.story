# sync = "off": what stands in synchronous_standby_names is the DBA's.
cluster sync=off
  a primary 0/5000 sync='FIRST 1 (reports)'
  b standby 0/5000 follows a
at 1s ask a
at 1s alerts a
----
at 1s ask a: nothing
    primary_healthy  a
    sync_right       a  names 'FIRST 1 (reports)'
at 1s alerts a: healthy
