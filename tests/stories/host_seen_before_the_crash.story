# The last look at the host is from before the server stopped to answer; what it found then ("stopped", say, in the
# middle of a restart by hand) says nothing about now.
  a primary 0/5000
  b standby 0/5000 follows a
at 3s a refused
at 3s ask a stale host=500ms
at 4s ask a
----
at 3s ask a stale host=500ms: nothing
    local_unknown  a  message ''
at 4s ask a: start a
    start_primary  a
