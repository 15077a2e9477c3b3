# c missed the last failover and stayed on timeline 1 with a higher position (LESSONS 3): WAL that nobody else has, of
# a branch that the cluster left. Lineage first, then LSN.
  a primary 0/6000 tl=2 history 1@0/5000
  b standby 0/6000 tl=2 follows a
  c standby 0/9000 tl=1 follows a waiting
at 3s a refused
at 13s ask b
at 13s ask c
at 13s elect
# The same for an agent that remembers nothing and sees only the two: no memory forbids c, the comparison does.
at 14s agent b forgets
at 30s ask b
----
at 13s ask b: promote b
    no_primary
    only_standby  b  timeline 2, lsn 0/6000
  candidates
    -  a  not_accepting         reach refused, message 'Connection refused'
    0  b  only_standby          timeline 2, lsn 0/6000
    -  c  older_than_last_seen  timeline 1, last_timeline 2
at 13s ask c: nothing
    no_primary
    older_than_last_seen  c  timeline 1, last_timeline 2
  candidates
    -  a  not_accepting         reach refused, message 'Connection refused'
    0  b  only_standby          timeline 2, lsn 0/6000
    -  c  older_than_last_seen  timeline 1, last_timeline 2
at 13s elect: b
    no_primary
  candidates
    -  a  not_accepting         reach refused, message 'Connection refused'
    0  b  only_standby          timeline 2, lsn 0/6000
    -  c  older_than_last_seen  timeline 1, last_timeline 2
at 30s ask b: promote b
    no_primary
    best_standby  b  timeline 2, lsn 0/6000
  candidates
    -  a  not_accepting   reach refused, message 'Connection refused'
    0  b  best_standby    timeline 2, lsn 0/6000
    1  c  better_standby  timeline 1, lsn 0/9000, best b, best_timeline 2, best_lsn 0/6000
