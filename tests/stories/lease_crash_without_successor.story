# Nobody could take over: then even on_crash = "failover" starts the server again where it is. In manual mode too, for
# nobody would.
cluster quorum=majority ttl=10s on_crash=failover
  a primary 0/5000
  b standby 0/5000 follows a nofailover
  c standby 0/5000 follows a nofailover
agent a lease held term=3 votes=a,b,c
at 3s a refused
at 3s ask a
----
at 3s ask a: start a
    start_primary  a
  keeps the lease above term 3
  fence in 7s
