# Under a pause the lease is renewed, and its end still stops the primary: two primaries are worse than none.
cluster quorum=majority ttl=10s fence_margin=3s sync=off
  a primary 0/5000 pause=alice:1s
  b standby 0/5000 follows a pause=alice:1s
  c standby 0/5000 follows a pause=alice:1s
agent a lease held term=3 votes=a,b,c
at 2s ask a
at 3s cut a | b c
at 20s ask a
----
at 2s ask a: nothing
    lease_held  a  votes 3, needed 2, left 10s
    paused         by alice, since 1s, why maintenance
    sync_right  a  names ''
  keeps the lease above term 3
  fence in 7s
  look again in 7s
at 20s ask a: fence a
    lease_expires  a  left -8s
  holds no vote
  fence since 11s
