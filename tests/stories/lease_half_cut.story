# A cut that leaves the primary one of two standbys leaves it a majority: it goes on. The standby that is cut off gets
# no majority, whatever it does, and the others' votes are not within its reach.
cluster quorum=majority ttl=10s sync=off
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
agent a lease held term=3 votes=a,b,c
at 3s cut c | a b
at 8s c vote=free
at 30s ask a
at 30s ask c
----
at 30s ask a: nothing
    lease_held       a  votes 2, needed 2, left 10s
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 3
  fence in 7s
  look again in 7s
at 30s ask c: nothing
    no_primary
    only_standby        c  timeline 1, lsn 0/5000
    lease_out_of_reach     within_reach 1, needed 2
  holds no vote
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    -  b  not_accepting  reach silent, message 'timeout expired'
    0  c  only_standby   timeline 1, lsn 0/5000
