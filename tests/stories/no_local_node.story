# A watcher on a host without a node decides nothing, but sees all.
  a primary 0/5000
  b standby 0/5000 follows a
at 5s ask
at 5s elect
at 5s alerts
----
at 5s ask: nothing
    no_local_node
at 5s elect: a stays
    primary_healthy  a
  candidates
    -  a  not_standby  role primary
    -  b
at 5s alerts: degraded
    warning  sync_degraded  a  streaming 1, wanted 1, names ''
