# a was turned into a standby by hand and still feeds c, which hears it every moment. That is no primary's voice: the
# election is held among all three.
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
at 3s a standby 0/5000
at 13s ask b
at 13s ask a
----
at 13s ask b: nothing
    no_primary
    better_standby  b  timeline 1, lsn 0/5000, best a, best_timeline 1, best_lsn 0/5000
  candidates
    0  a  best_standby    timeline 1, lsn 0/5000
    1  b  better_standby  timeline 1, lsn 0/5000, best a, best_timeline 1, best_lsn 0/5000
    2  c  better_standby  timeline 1, lsn 0/5000, best a, best_timeline 1, best_lsn 0/5000
at 13s ask a: promote a
    no_primary
    best_standby  a  timeline 1, lsn 0/5000
  candidates
    0  a  best_standby    timeline 1, lsn 0/5000
    1  b  better_standby  timeline 1, lsn 0/5000, best a, best_timeline 1, best_lsn 0/5000
    2  c  better_standby  timeline 1, lsn 0/5000, best a, best_timeline 1, best_lsn 0/5000
