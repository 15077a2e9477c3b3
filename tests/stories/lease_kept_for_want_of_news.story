# The lease is in hand, and the primary showed itself for a moment: failover_after begins anew, and what is held is not
# let go for that. Ripening locks are kept too, but only as a candidate keeps them.
cluster quorum=majority ttl=10s failover_after=5s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/4F00 follows a
at 3s a silent
at 9s agent b lease ripens term=4 votes=b,c
at 10s a primary 0/5000
at 11s a silent
at 12s ask b
at 15s a primary 0/5000
at 16s a silent
at 20s ask b
at 20500ms b rejecting 57P03 host=running
at 20500ms ask b
----
at 12s ask b: nothing
    failover_after_running  left 4s
  seeks the lease above term 4
  look again in 4s
at 20s ask b: nothing
    failover_after_running  left 1s
  keeps the lease above term 4
  fence in 7s
  look again in 1s
at 20500ms ask b: nothing
    local_process_runs  b  reach rejecting, message 'the database system is starting up'
  keeps the lease above term 4
  fence in 6500ms
