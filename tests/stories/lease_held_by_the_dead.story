# The locks of a dead primary are still held at the voters: they may become free at any moment, so its successor asks.
# While that holder is in view nobody does.
cluster quorum=majority ttl=10s failover_after=1s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
agent a lease held term=3 votes=a,b,c
at 3s a silent
at 8s ask b
at 9s a standby 0/5000 nofailover
at 9s b vote=a:3
at 9s c vote=a:3
at 9s ask b
----
at 8s ask b: nothing
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
    lease_sought     votes 0, needed 2
  seeks the lease above term 3
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
at 9s ask b: nothing
    no_primary
    best_standby          b  timeline 1, lsn 0/5000
    lease_held_elsewhere  a
  holds no vote
  candidates
    -  a  nofailover
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
