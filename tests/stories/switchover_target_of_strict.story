# Under sync.strict the standby that commits wait for goes before a better one.
cluster sync=priority count=1 strict=yes
  a primary 0/5000
  b standby 0/5000 follows a priority=200
  c standby 0/5000 follows a sync_state=sync
at 1s target a
----
at 1s target a: c
