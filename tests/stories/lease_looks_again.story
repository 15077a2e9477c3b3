# With the locks in hand those that granted are looked at once more: what they told before that may have grown since.
# If one is better now, it gets its turn, and the lease is let go.
cluster quorum=majority ttl=10s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/4F00 follows a
at 3s a silent
at 13s ask b
at 14s agent b lease held term=4 votes=b,c
at 14s ask b stale c=10ms
at 14050ms c standby 0/5100
at 14050ms ask b
----
at 13s ask b: nothing
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
    lease_sought     votes 0, needed 2
  seeks the lease above term 0
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
at 14s ask b stale c=10ms: nothing
    no_primary
    best_standby            b  timeline 1, lsn 0/5000
    looks_again_with_lease  c
  seeks the lease above term 4
  fence in 7s
  look again in 50ms
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
at 14050ms ask b: nothing
    no_primary
    better_standby  b  timeline 1, lsn 0/5000, best c, best_timeline 1, best_lsn 0/5100
  holds no vote
  fence in 7s
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    1  b  better_standby  timeline 1, lsn 0/5000, best c, best_timeline 1, best_lsn 0/5100
    0  c  best_standby    timeline 1, lsn 0/5100
