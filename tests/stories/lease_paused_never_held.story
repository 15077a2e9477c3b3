# A primary that a person started under a pause has no lease, and is left alone while all who could elect another one
# are seen paused. Once it is cut off from them it cannot know that, and is stopped.
cluster quorum=majority ttl=10s fence_margin=3s sync=off
  a primary 0/5000 pause=alice:1s
  b standby 0/5000 follows a pause=alice:1s
  c standby 0/5000 follows a pause=alice:1s
at 30s ask a
at 31s c pause=none
at 31s ask a
at 32s b pause=none
at 60s ask a
----
at 30s ask a: nothing
    lease_sought     votes 0, needed 2
    paused           by alice, since 29s, why maintenance
    sync_right    a  names ''
  keeps the lease above term 0
  fence in 7s
at 31s ask a: nothing
    lease_sought     votes 0, needed 2
    paused           by alice, since 30s, why maintenance
    sync_right    a  names ''
  keeps the lease above term 0
  fence in 7s
at 60s ask a: fence a
    lease_never_held  a  votes 0, needed 2
  holds no vote
  fence now
