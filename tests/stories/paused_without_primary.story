# The primary is gone, so nobody can take the pause out of its database: it is ended on one host, and the standby there
# takes over. As the primary it then ends the pause for all. An older pause that was ended there means nothing.
cluster failover_after=2s
  a primary 0/5000 pause=alice:1s
  b standby 0/5000 follows a pause=alice:1s
  c standby 0/5000 follows a pause=alice:1s
at 3s a refused
at 8s b resumed=500ms
at 8s ask b
at 9s b resumed=1s
at 9s ask b
at 9s ask c
at 10s b primary 0/5000 tl=2
at 10s ask b
at 10s ask c
at 11s b pause=none
at 11s c pause=none
at 11s ask c
----
at 8s ask b: nothing
    paused  by alice, since 7s, why maintenance
at 9s ask b: promote b
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
  candidates
    -  a  not_accepting   reach refused, message 'Connection refused'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
at 9s ask c: nothing
    paused  by alice, since 8s, why maintenance
at 10s ask b: end_pause b
    primary_healthy  b
    pause_ends       b  by alice
    sync_right       b  names ''
at 10s ask c: nothing
    paused  by alice, since 9s, why maintenance
at 11s ask c: follow b
    follows_wrong_node  c  from a:5432, to b
