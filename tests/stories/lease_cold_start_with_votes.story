# The former primary's host comes back alone and its agent gets the votes, for the others never lost power and elect
# nobody while it may lead. Its agent never saw its server accept, so the crash was not a moment ago: it is not handed
# over but started, on_crash or not.
cluster quorum=majority ttl=10s on_crash=failover
  a refused lineup=primary
  b standby 0/5000
  c standby 0/5000
at 1s agent a lease held term=3 votes=b,c
at 1s ask a
----
at 1s ask a: start a
    start_primary  a
  keeps the lease above term 3
  fence in 7s
