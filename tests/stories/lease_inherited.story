# A new agent holds no lease, whatever the old one held: its server goes on while the old votes last, and no longer.
# With them taken again in time nothing happens at all.
cluster quorum=majority ttl=10s sync=off fence_margin=3s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
agent a lease held term=3 votes=a,b,c
at 3s agent a restarts
at 3s agent a lease none withheld=12s
at 4s ask a
at 8999ms ask a
at 9s ask a
at 9s agent a lease held term=3 votes=a,b
at 9500ms ask a
----
at 4s ask a: nothing
    lease_sought        votes 0, needed 2, left 5s
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 0
  fence in 5s
  look again in 5s
at 8999ms ask a: nothing
    lease_sought        votes 0, needed 2, left 1ms
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 0
  fence in 1ms
  look again in 1ms
at 9s ask a: fence a
    lease_never_held  a  votes 0, needed 2
  holds no vote
  fence now
at 9500ms ask a: nothing
    lease_held       a  votes 2, needed 2, left 10s
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 3
  fence in 7s
  look again in 7s
