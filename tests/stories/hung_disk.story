# The data directory does not answer. What is in it is unknown, so nothing is started.
  a primary 0/5000
  b standby 0/5000 follows a
at 3s a refused disk=stalled
at 3s ask a
at 3s alerts a
----
at 3s ask a: nothing
    local_unknown  a  message 'the data directory did not answer'
at 3s alerts a: no_primary
    critical  no_primary
    critical  disk_stalled      a
    warning   node_unreachable  a  reach refused, message 'Connection refused'
