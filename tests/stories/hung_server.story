# The server of b is stopped in its tracks (SIGSTOP): its process is there, so it is not started again.
  a primary 0/5000
  b standby 0/5000 follows a
at 3s b stalled
at 3s ask b
at 3s alerts a
----
at 3s ask b: nothing
    local_process_runs  b  reach stalled, message 'no answer within the deadline'
at 3s alerts a: degraded
    warning  no_standby
    warning  sync_degraded     a  streaming 0, wanted 1, names ''
    warning  node_unreachable  b  reach stalled, message 'no answer within the deadline'
