# Nothing is wrong: nobody does anything, and no alert disturbs the night.
cluster failover_after=10s
  a primary 0/5000 sync='*' size=10GB wal=1GB
  b standby 0/5000 follows a retry=100ms
  c standby 0/4F00 follows a retry=100ms
at 5s ask a
at 5s ask b
at 5s elect
at 5s alerts a
----
at 5s ask a: nothing
    primary_healthy  a
    sync_right       a  names '*'
at 5s ask b: nothing
    follows  a
at 5s elect: a stays
    primary_healthy  a
  candidates
    -  a  not_standby  role primary
    -  b
    -  c
at 5s alerts a: healthy
