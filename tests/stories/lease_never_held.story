# A primary was found that no vote stands behind, and no vote comes: somebody else may be about to have the lease, so that
# it has the time in which the voters are asked for the first time, and no more.
cluster quorum=majority ttl=10s sync=off
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
b vote=stranger
c vote=stranger
at 1s ask a
at 2999ms ask a
at 3s ask a
----
at 1s ask a: nothing
    lease_sought        votes 0, needed 2, left 2s
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 0
  fence in 2s
  look again in 2s
at 2999ms ask a: nothing
    lease_sought        votes 0, needed 2, left 1ms
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 0
  fence in 1ms
  look again in 1ms
at 3s ask a: fence a
    lease_never_held  a  votes 0, needed 2
  holds no vote
  fence now
