# The primary's server dies and its agent with it. The standby that received more takes over when failover_after is
# over, not a moment before; the other one holds back.
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/4F00 follows a
at 3s a silent
at 5500ms ask b
at 12999ms ask b
at 13s ask b
at 13s ask c
----
at 5500ms ask b: nothing
    failover_after_running  left 7500ms
  look again in 7500ms
at 12999ms ask b: nothing
    failover_after_running  left 1ms
  look again in 1ms
at 13s ask b: promote b
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
at 13s ask c: nothing
    no_primary
    better_standby  c  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
