# In manual mode no vote is sought: a promotion is left to a person.
cluster quorum=majority ttl=10s mode=manual
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
at 3s a silent
at 14s ask b
----
at 14s ask b: nothing
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
    manual_mode   b
  holds no vote
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
