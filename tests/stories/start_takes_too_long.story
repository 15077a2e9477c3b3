# The server runs but still replays. That is waited for; past primary_start_timeout the report says so. The process is
# never started twice.
cluster primary_start_timeout=60s
  a primary 0/5000
  b standby 0/5000 follows a
at 3s a refused
at 4s agent a started
at 4s a rejecting 57P03
at 63s ask a
at 64s ask a
----
at 63s ask a: nothing
    local_process_runs  a  reach rejecting, message 'the database system is starting up'
at 64s ask a: nothing
    start_timed_out  a  reach rejecting, message 'the database system is starting up'
