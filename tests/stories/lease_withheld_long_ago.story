# What was withheld, and over, before a server became primary by hand takes nothing from its first round.
cluster quorum=majority ttl=10s sync=off fence_margin=3s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
at 2s agent a lease none withheld=-3s
at 2s ask a
at 3s ask a
----
at 2s ask a: nothing
    lease_sought        votes 0, needed 2, left 1s
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 0
  fence in 1s
  look again in 1s
at 3s ask a: fence a
    lease_never_held  a  votes 0, needed 2
  holds no vote
  fence now
