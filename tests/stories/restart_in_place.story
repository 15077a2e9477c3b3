# The server dies, its agent lives: started again at once, long before the others would elect.
  a primary 0/5000 sync='*'
  b standby 0/5000 follows a
at 3s a refused
at 3s ask a
at 4s b standby 0/5000
at 4s ask b
----
at 3s ask a: start a
    start_primary  a
at 4s ask b: nothing
    failover_after_running  left 9s
  look again in 9s
