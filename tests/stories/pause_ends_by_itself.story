# A pause with an end is over at that moment, by the clock of whoever judges it.
cluster failover_after=2s
  a primary 0/5000 pause=alice:1s:10s
  b standby 0/5000 follows a pause=alice:1s:10s
at 2s alerts
at 3s a refused
at 9999ms ask b
at 10s ask b
----
