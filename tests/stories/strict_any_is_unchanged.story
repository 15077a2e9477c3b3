# Without a lease nobody parts from a silent primary: strict there rests on the timers alone.
cluster sync=quorum count=1 strict=yes
  a primary 0/5000 sync='ANY 1 ("b", "c")'
  b standby 0/5000 sync='ANY 1 ("a", "c")' follows a
  c standby 0/5000 sync='ANY 1 ("a", "b")' follows a
at 3s a silent
at 12s c vote=b:4
at 12s ask c
at 14s ask b
----
at 12s ask c: nothing
    failover_after_running  left 1s
  look again in 1s
at 14s ask b: promote b
    no_primary
    standbys_enough     in_hand 2, needed 2, names 'ANY 1 ("b", "c")'
    best_standby     b  timeline 1, lsn 0/5000
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
