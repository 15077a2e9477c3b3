# In manual mode nobody takes over by itself, so the lease is not handed over either.
cluster quorum=majority ttl=10s on_crash=failover mode=manual
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
agent a lease held term=3 votes=a,b,c
at 3s a refused
at 3s ask a
----
at 3s ask a: start a
    start_primary  a
  keeps the lease above term 3
  fence in 7s
