# The primary's server died and its network is down. It would come up alone and unseen: not now.
  a primary 0/5000
  b standby 0/5000 follows a
at 3s a refused network=down
at 3s cut a | b
at 4s ask a
----
at 4s ask a: nothing
    network_down  a
