# on_crash = "failover", but there is nobody to hand over to: b may not, c is down. Start.
cluster on_crash=failover
  a primary 0/5000
  b standby 0/5000 follows a nofailover
  c refused lineup=standby
at 3s a refused
at 3s ask a
----
at 3s ask a: start a
    start_primary  a
