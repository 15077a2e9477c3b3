# The only standby left is nofailover: reported, and nothing is done.
  a primary 0/5000
  b standby 0/5000 follows a nofailover
at 3s a refused
at 13s ask b
at 13s alerts b
----
at 13s ask b: nothing
    no_primary
    nofailover  b
  candidates
    -  a  not_accepting  reach refused, message 'Connection refused'
    -  b  nofailover
at 13s alerts b: no_primary
    critical  no_primary
    warning   node_unreachable  a  reach refused, message 'Connection refused'
