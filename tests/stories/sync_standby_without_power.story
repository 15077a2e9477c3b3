# The standby's host loses power. a's walsender keeps its row as "streaming" for wal_sender_timeout (60 s); commits hang
# meanwhile. What does not answer does not count.
cluster degrade_after=5s
  a primary 0/5000 sync='*'
  b standby 0/5000 follows a
at 3s b silent
at 4s ask a
at 8s ask a
at 8s alerts a
----
at 4s ask a: nothing
    primary_healthy    a
    sync_degrade_wait  a  names '*', left 4s
  look again in 4s
at 8s ask a: set_sync_names a ''
    primary_healthy  a
    sync_changes     a  from '*', to ''
at 8s alerts a: degraded
    warning  no_standby
    warning  sync_degraded     a  streaming 0, wanted 1, names '*'
    warning  node_unreachable  b  reach silent, message 'timeout expired'
