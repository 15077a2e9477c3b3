# A former primary was started by hand, and another node holds the votes: no grace for it, though that node is out of
# its view. Less than a majority of the votes proves nothing.
cluster quorum=majority ttl=10s sync=off
  a primary 0/5000
  b standby 0/6000 tl=2
  c standby 0/6000 tl=2 follows b
  w witness vote=b:4
  v witness vote=b:4
c vote=b:4
at 1s ask a
at 2s b silent
at 2s ask a
at 2500ms c silent
at 2500ms v vote=free
at 2500ms ask a
----
at 1s ask a: fence a
    lease_held_elsewhere  b
  holds no vote
  fence now
at 2s ask a: fence a
    lease_held_elsewhere  b
  holds no vote
  fence now
at 2500ms ask a: nothing
    lease_sought        votes 0, needed 3, left 500ms
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 4
  fence in 500ms
  look again in 500ms
