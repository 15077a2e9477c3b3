# Both standbys received the same: the higher priority wins, though it stands later in the configuration.
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a priority=200
at 3s a refused
at 13s ask b
at 13s ask c
----
at 13s ask b: nothing
    no_primary
    better_standby  b  timeline 1, lsn 0/5000, best c, best_timeline 1, best_lsn 0/5000
  candidates
    -  a  not_accepting   reach refused, message 'Connection refused'
    1  b  better_standby  timeline 1, lsn 0/5000, best c, best_timeline 1, best_lsn 0/5000
    0  c  best_standby    timeline 1, lsn 0/5000
at 13s ask c: promote c
    no_primary
    best_standby  c  timeline 1, lsn 0/5000
  candidates
    -  a  not_accepting   reach refused, message 'Connection refused'
    1  b  better_standby  timeline 1, lsn 0/5000, best c, best_timeline 1, best_lsn 0/5000
    0  c  best_standby    timeline 1, lsn 0/5000
