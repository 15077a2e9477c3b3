# A cluster of one: no standby is missed, no commit waits for one, and after a crash it starts again at once.
cluster on_crash=failover
  a primary 0/5000
at 1s ask a
at 1s alerts a
at 3s a refused
at 3s ask a
----
at 1s ask a: nothing
    primary_healthy  a
    sync_right       a  names ''
at 1s alerts a: healthy
at 3s ask a: start a
    start_primary  a
