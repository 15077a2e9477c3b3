# A lock that was granted after the majority's holds its voter only from then on: it may have received more before that,
# so that its look must be younger than its own lock, not only than the majority's.
cluster quorum=majority ttl=10s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/4F00 follows a
  d standby 0/4F00 follows a
  e standby 0/4F00 follows a
at 3s a silent
at 13s ask b
at 30s agent b lease held term=4 votes=b,c,d,e since=14s late=e
at 30s ask b stale e=10ms
at 30050ms e standby 0/5100
at 30050ms ask b
----
at 13s ask b: nothing
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
    lease_sought     votes 0, needed 3
  seeks the lease above term 0
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
    2  d  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
    3  e  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
at 30s ask b stale e=10ms: nothing
    no_primary
    best_standby            b  timeline 1, lsn 0/5000
    looks_again_with_lease  e
  seeks the lease above term 4
  fence in 7s
  look again in 50ms
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
    2  d  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
    3  e  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
at 30050ms ask b: nothing
    no_primary
    better_standby  b  timeline 1, lsn 0/5000, best e, best_timeline 1, best_lsn 0/5100
  holds no vote
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    1  b  better_standby  timeline 1, lsn 0/5000, best e, best_timeline 1, best_lsn 0/5100
    2  c  better_standby  timeline 1, lsn 0/4F00, best e, best_timeline 1, best_lsn 0/5100
    3  d  better_standby  timeline 1, lsn 0/4F00, best e, best_timeline 1, best_lsn 0/5100
    0  e  best_standby    timeline 1, lsn 0/5100
