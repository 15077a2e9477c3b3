# What was withheld when a server became primary by hand bounds its first round: then the votes of others can ripen.
cluster quorum=majority ttl=10s sync=off fence_margin=3s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
at 2s agent a lease none withheld=4s
at 2s ask a
at 3s ask a
----
at 2s ask a: fence a
    lease_never_held  a  votes 0, needed 2
  holds no vote
  fence now
at 3s ask a: fence a
    lease_never_held  a  votes 0, needed 2
  holds no vote
  fence now
