# Both standbys have the very same data. The first of the configuration has a scan_period to itself; if it does nothing
# then (its agent may be dead), the second one's turn has come. A standby with less data never has a turn before it.
cluster quorum=majority ttl=10s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
  d standby 0/4F00 follows a
at 3s a silent
at 13s ask c
at 13999ms ask c
at 14s ask c
at 60s ask d
----
at 13s ask c: nothing
    no_primary
    better_standby  c  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
    rank_waits         rank 1, left 1s
  holds no vote
  look again in 1s
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
    2  d  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
at 13999ms ask c: nothing
    no_primary
    better_standby  c  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
    rank_waits         rank 1, left 1ms
  holds no vote
  look again in 1ms
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
    2  d  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
at 14s ask c: nothing
    no_primary
    better_standby  c  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
    lease_sought       votes 0, needed 3
  seeks the lease above term 0
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
    2  d  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
at 60s ask d: nothing
    no_primary
    better_standby  d  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
  holds no vote
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
    2  d  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
