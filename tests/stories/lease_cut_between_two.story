# Only the link between the primary and one standby is cut. The primary's own vote and the other standby's are enough.
# The standby that sees no primary is told by the other one that there is one; even if it could not hear that, it would
# seek the votes in vain, for the primary holds them.
cluster quorum=majority ttl=10s sync=off
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
agent a lease held term=3 votes=a,b,c
at 3s cut a | c
at 5s c vote=free
at 70s ask a
at 70s ask c
at 71s b heard=10s
at 71s ask c
----
at 70s ask a: nothing
    lease_held       a  votes 2, needed 2, left 10s
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 3
  fence in 7s
  look again in 7s
at 70s ask c: nothing
    primary_heard_by_standby  b  primary a, age 100ms
  holds no vote
  look again in 2400ms
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    -  b
    -  c
at 71s ask c: nothing
    no_primary
    better_standby  c  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
    lease_sought       votes 0, needed 2
  seeks the lease above term 3
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
