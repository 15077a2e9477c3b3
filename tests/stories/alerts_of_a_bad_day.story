# Everything that a DBA should be told of, worst first.
  a primary 0/8000000 sync='*' wal=5GB slot=pgcm_b:2GB slot=reports:lost
  a missing=wal_bytes:pg_monitor missing=wal_files:pg_monitor
  b standby 0/3FFFFFF follows a paused skew=-3s
  c standby 0/8000000 follows elsewhere waiting
  d refused
at 5s alerts
at 6s a rejecting 53300
at 6s alerts
----
at 5s alerts: degraded
    warning  slot_retains_wal  a  slot pgcm_b, retained_bytes 2147483648
    warning  slot_lost         a  slot reports
    warning  wal_grows         a  wal_bytes 5368709120, wal_files 320
    warning  replay_paused     b
    warning  lag               b  lag_bytes 67108865
    warning  clock_skew        b  skew -3s
    warning  not_following     c  upstream elsewhere:5432
    warning  node_unreachable  d  reach refused, message 'Connection refused'
    notice   missing_grant     a  fields 'wal_bytes, wal_files', grant pg_monitor
at 6s alerts: no_primary
    critical  no_primary
    warning   node_unreachable  a  reach rejecting, sqlstate 53300, message 'sorry, too many clients already'
    warning   replay_paused     b
    warning   clock_skew        b  skew -3s
    warning   node_unreachable  d  reach refused, message 'Connection refused'
