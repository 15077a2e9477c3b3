# While an operation runs, votes are kept for those that end in a primary, and for nothing else. A promotion that waits
# for the end of its replay comes about whenever that is: when the lease is over first, the server is stopped.
cluster quorum=majority ttl=10s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
at 3s a silent
at 14s agent b lease held term=4 votes=b,c
at 14s agent b works promote
at 14s ask b
at 15s agent b works rejoin
at 15s ask b
at 15500ms agent b lease until=17s
at 15500ms agent b works start
at 15500ms ask b
at 16s agent b works promote
at 16s agent b lease until=18s
at 16s ask b
----
at 14s ask b: nothing
    operation_running  b  operation promote
  keeps the lease above term 4
  fence in 7s
at 15s ask b: nothing
    operation_running  b  operation rejoin
  holds no vote
at 15500ms ask b: nothing
    operation_running  b  operation start
  holds no vote
at 16s ask b: fence b
    operation_running  b  operation promote
    lease_expires      b
  holds no vote
  fence since 1s
