# Nobody would take over by itself in manual mode, so a server that died is restarted in place, whatever on_crash says
# and however late it is noticed.
cluster mode=manual on_crash=failover
  a primary 0/5000
  b standby 0/5000 follows a
at 3s a refused
at 3s ask a
at 30s ask a
----
at 3s ask a: start a
    start_primary  a
at 30s ask a: start a
    start_primary  a
