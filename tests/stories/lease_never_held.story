# Somebody started a primary by hand, and no vote came: it has the time that votes need to ripen, and two looks more.
cluster quorum=majority ttl=10s sync=off
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
b vote=stranger
c vote=stranger
at 1s ask a
at 15199ms ask a
at 15200ms ask a
----
at 1s ask a: nothing
    lease_sought        votes 0, needed 2, left 14200ms
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 0
  fence in 14200ms
  look again in 14200ms
at 15199ms ask a: nothing
    lease_sought        votes 0, needed 2, left 1ms
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 0
  fence in 1ms
  look again in 1ms
at 15200ms ask a: fence a
    lease_never_held  a  votes 0, needed 2
  holds no vote
  fence now
