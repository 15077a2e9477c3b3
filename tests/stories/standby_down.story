# A standby's server is down: it is started, there is nothing to think about.
  a primary 0/5000
  b standby 0/5000 follows a
at 3s b refused
at 3s ask b
at 3s alerts b
----
at 3s ask b: start b
    start_standby  b
at 3s alerts b: degraded
    warning  no_standby
    warning  sync_degraded     a  streaming 0, wanted 1, names ''
    warning  node_unreachable  b  reach refused, message 'Connection refused'
