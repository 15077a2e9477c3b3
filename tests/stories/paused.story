# A paused cluster loses its primary. Nobody is promoted, nothing is started, and every way to change something by hand
# is named by the rule. What the agents know of the pause outlives the primary, and their own restart. When it is over
# all goes on.
cluster failover_after=2s
  a primary 0/5000 pause=alice:1s
  b standby 0/5000 follows a pause=alice:1s
at 2s ask a
at 2s ask b
at 2s elect b
at 2s alerts b
at 2s demote b a
at 2s follow b a
at 2s switchover a b
at 3s a refused
at 3s agent a restarts
at 8s ask a
at 8s ask b
at 8s elect b
at 8s promote b
at 9s b pause=none
at 9s ask b
at 9s ask a
----
