# The quiet day under a lease: the primary renews its votes and says until when it may go on; the standbys hold none.
cluster quorum=majority ttl=10s fence_margin=3s
  a primary 0/5000 sync='*'
  b standby 0/5000 follows a
  c standby 0/4F00 follows a
agent a lease held term=3 votes=a,b,c
at 5s ask a
at 5s ask b
----
at 5s ask a: nothing
    lease_held       a  votes 3, needed 2, left 10s
    primary_healthy  a
    sync_right       a  names '*'
  keeps the lease above term 3
  fence in 7s
  look again in 7s
at 5s ask b: nothing
    follows  a
  holds no vote
