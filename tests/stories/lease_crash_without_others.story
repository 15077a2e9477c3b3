# on_crash = "failover", and the other voters are no majority without this server's vote: nobody could have the lease
# while it is down, so that to hand it over would be to wait for nothing. It is started again in place; without the
# lease, after a fence say, as a standby, so that its vote is there for others.
cluster quorum=majority ttl=10s on_crash=failover
  a primary 0/5000
  b standby 0/5000 follows a
agent a lease held term=3 votes=a,b
at 3s a refused
at 3s ask a
at 4s agent a lease none
at 4s ask a
----
at 3s ask a: nothing
    lease_renewed_first  a
  keeps the lease above term 3
  fence in 6s
  look again in 50ms
at 4s ask a: start_as_standby a
    waits_as_standby  a
  holds no vote
