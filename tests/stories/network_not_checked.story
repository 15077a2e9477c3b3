# Nobody looked at the host, so nobody knows about its network: no promotion on a guess.
  a primary 0/5000
  b standby 0/5000 follows a
at 3s a refused
at 13s ask b blind
----
at 13s ask b blind: nothing
    network_unknown  b  message ''
