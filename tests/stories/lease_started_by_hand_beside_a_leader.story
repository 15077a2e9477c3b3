# A former primary was started by hand, and another node holds the votes: no grace for it.
cluster quorum=majority ttl=10s sync=off
  a primary 0/5000
  b standby 0/6000 tl=2
  c standby 0/6000 tl=2 follows b
b vote=b:4
c vote=b:4
at 1s ask a
----
at 1s ask a: fence a
    lease_held_elsewhere  b
  holds no vote
  fence now
