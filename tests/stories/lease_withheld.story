# A primary that is found without a lease takes the locks. They ripen, and for nobody else, so that it goes on meanwhile;
# when they are lost before that, it ends before they could count for another node.
cluster quorum=majority ttl=10s sync=off fence_margin=3s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
at 1s agent a lease ripens term=1 votes=a,b,c since=1s withheld=11s
at 1s ask a
at 6s agent a lease ripens term=1 votes=a,b,c since=1s withheld=16s
at 6s ask a
at 7s agent a lease none withheld=16s
at 12999ms ask a
at 13s ask a
----
at 1s ask a: nothing
    lease_sought        votes 3, needed 2, left 7s
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 1
  fence in 7s
  look again in 7s
at 6s ask a: nothing
    lease_sought        votes 3, needed 2, left 7s
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 1
  fence in 7s
  look again in 7s
at 12999ms ask a: nothing
    lease_sought        votes 0, needed 2, left 1ms
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 0
  fence in 1ms
  look again in 1ms
at 13s ask a: fence a
    lease_never_held  a  votes 0, needed 2
  holds no vote
  fence now
