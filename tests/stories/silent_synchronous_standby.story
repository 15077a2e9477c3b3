# A frozen standby stays in pg_stat_replication until wal_sender_timeout. Under '*' it may be the one that commits wait
# for, although another one streams: after degrade_after those that answer are named, and '*' returns with the frozen one.
cluster sync=auto degrade_after=5s
  a primary 0/5000 sync='*'
  b standby 0/5000 follows a
  c standby 0/5000 follows a
at 2s c stalled
at 4s ask a
at 8s ask a
at 9s a sync='FIRST 1 ("b")'
at 10s ask a
at 12s c standby 0/5000 follows a
at 13s ask a
----
at 4s ask a: nothing
    primary_healthy    a
    sync_degrade_wait  a  names '*', left 3s
  look again in 3s
at 8s ask a: set_sync_names a 'FIRST 1 ("b")'
    primary_healthy  a
    sync_changes     a  from '*', to 'FIRST 1 ("b")'
at 10s ask a: nothing
    primary_healthy  a
    sync_right       a  names 'FIRST 1 ("b")'
at 13s ask a: set_sync_names a '*'
    primary_healthy  a
    sync_changes     a  from 'FIRST 1 ("b")', to '*'
