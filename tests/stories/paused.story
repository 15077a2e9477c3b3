# A paused cluster loses its primary. Nobody is promoted, nothing is started, and every way to change something by hand
# is named by the rule. What the agents know of the pause outlives the primary, and their own restart. When it is over
# all goes on.
cluster failover_after=2s
  a primary 0/5000 pause=alice:1s
  b standby 0/5000 follows a pause=alice:1s
at 2s ask a
at 2s ask b
at 2s elect b
at 2s alerts b
at 2s demote b a
at 2s follow b a
at 2s switchover a b
at 3s a refused
# Nobody can tell its next agent.
at 3s cut a | b
at 3s agent a restarts
at 8s ask a
at 8s ask b
at 8s elect b
at 8s promote b
at 9s b pause=none
at 9s ask b
at 9s ask a
----
at 2s ask a: set_sync_names a '*'
    paused           by alice, since 1s, why maintenance
    sync_changes  a  from '', to '*'
at 2s ask b: nothing
    paused  by alice, since 1s, why maintenance
at 2s elect b: a stays
    primary_healthy  a
    paused              by alice, since 1s, why maintenance
  candidates
    -  a  not_standby  role primary
    -  b
at 2s alerts b: degraded
    warning  sync_degraded  a  streaming 1, wanted 1, names ''
    notice   paused            by alice, since 1s, why maintenance
at 2s demote b a: not without force
    paused  by alice, since 1s, why maintenance
at 2s follow b a: not without force
    paused  by alice, since 1s, why maintenance
at 2s switchover a b: not without force
    paused  by alice, since 1s, why maintenance
at 8s ask a: nothing
    paused  by alice, since 7s, why maintenance
at 8s ask b: nothing
    paused  by alice, since 7s, why maintenance
at 8s elect b: nobody
    no_primary
    paused      by alice, since 7s, why maintenance
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    0  b  only_standby   timeline 1, lsn 0/5000
at 8s promote b: not without force
    paused  by alice, since 7s, why maintenance
at 9s ask b: promote b
    no_primary
    only_standby  b  timeline 1, lsn 0/5000
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    0  b  only_standby   timeline 1, lsn 0/5000
at 9s ask a: nothing
    paused  by alice, since 8s, why maintenance
