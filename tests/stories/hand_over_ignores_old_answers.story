# Whether there is a successor does not depend on how fresh the answers are here: those who elect look for themselves.
cluster on_crash=failover
  a primary 0/5000
  b standby 0/5000 follows a
at 3s a refused
at 3s ask a stale b=5s
----
at 3s ask a stale b=5s: nothing
    hand_over_after_crash  to b, left 70s
  look again in 70s
