# The primary is gone, so nobody can take the pause out of its database: it is ended on one host, and the standby there
# takes over. As the primary it then ends the pause for all. An older pause that was ended there means nothing.
cluster failover_after=2s
  a primary 0/5000 pause=alice:1s
  b standby 0/5000 follows a pause=alice:1s
  c standby 0/5000 follows a pause=alice:1s
at 3s a refused
at 8s b resumed=500ms
at 8s ask b
at 9s b resumed=1s
at 9s ask b
at 9s ask c
at 10s b primary 0/5000 tl=2
at 10s ask b
at 10s ask c
at 11s b pause=none
at 11s c pause=none
at 11s ask c
----
