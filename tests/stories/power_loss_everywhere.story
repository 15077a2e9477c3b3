# All hosts lost power and come back. a was primary; b is still starting up, which is no reason to wait for ever.
cluster primary_start_timeout=60s
  a primary 0/5000
  b standby 0/5000 follows a
at 3s a silent
at 3s b silent
at 60s a refused
at 60s b rejecting 57P03
at 61s ask a
at 120s ask a
----
at 61s ask a: nothing
    another_primary_lives  b  sqlstate 57P03, message 'the database system is starting up', since 1s
  look again in 59s
at 120s ask a: start a
    start_primary  a
