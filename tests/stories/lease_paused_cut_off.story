# The same, cut off: whether the others are still paused is not known.
cluster quorum=majority ttl=10s fence_margin=3s sync=off
  a primary 0/5000 pause=alice:1s
  b standby 0/5000 follows a pause=alice:1s
  c standby 0/5000 follows a pause=alice:1s
at 3s cut a | b c
at 30s ask a
----
at 30s ask a: fence a
    lease_never_held  a  votes 0, needed 2
  holds no vote
  fence now
