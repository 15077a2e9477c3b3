# The agent started the server and has not looked at the host since: it is given its time, not started twice. A look
# that finds it stopped again means that the start failed.
  a primary 0/5000
  b refused
at 3s a refused
at 4s agent a started
at 5s ask a stale host=1s
at 5s ask a
----
at 5s ask a stale host=1s: nothing
    start_grace  left 59s
  look again in 59s
at 5s ask a: start a
    start_primary  a
