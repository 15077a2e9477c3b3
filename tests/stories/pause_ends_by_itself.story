# A pause with an end is over at that moment, by the clock of whoever judges it.
cluster failover_after=2s
  a primary 0/5000 pause=alice:1s:10s
  b standby 0/5000 follows a pause=alice:1s:10s
at 2s alerts
at 3s a refused
at 9999ms ask b
at 10s ask b
----
at 2s alerts: degraded
    warning  sync_degraded  a  streaming 1, wanted 1, names ''
    notice   paused            by alice, since 1s, left 8s, why maintenance
at 9999ms ask b: nothing
    paused  by alice, since 8999ms, left 1ms, why maintenance
at 10s ask b: promote b
    no_primary
    only_standby  b  timeline 1, lsn 0/5000
  candidates
    -  a  not_accepting  reach refused, message 'Connection refused'
    0  b  only_standby   timeline 1, lsn 0/5000
