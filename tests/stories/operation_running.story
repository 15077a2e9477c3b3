# A rejoin takes hours. Until it is done nothing else is decided for this node.
  a primary 0/5000
  b standby 0/5000 follows elsewhere waiting
at 1s agent b works rejoin
at 5s ask b
----
at 5s ask b: nothing
    operation_running  b  operation rejoin
