# After a crash the primary replays WAL (57P03). That is given primary_start_timeout, and then it counts as lost.
cluster primary_start_timeout=60s
  a primary 0/5000
  b standby 0/5000 follows a
at 3s a rejecting 57P03
at 14s ask b
at 62s ask b
at 63s ask b
----
at 14s ask b: nothing
    primary_alive_but_rejecting  a  sqlstate 57P03, message 'the database system is starting up', since 11s
  look again in 49s
  candidates
    -  a  not_accepting  reach rejecting, message 'the database system is starting up'
    -  b
at 62s ask b: nothing
    primary_alive_but_rejecting  a  sqlstate 57P03, message 'the database system is starting up', since 59s
  look again in 1s
  candidates
    -  a  not_accepting  reach rejecting, message 'the database system is starting up'
    -  b
at 63s ask b: promote b
    no_primary
    only_standby  b  timeline 1, lsn 0/5000
  candidates
    -  a  not_accepting  reach rejecting, message 'the database system is starting up'
    0  b  only_standby   timeline 1, lsn 0/5000
