# on_crash = "restart", but the server does not come up again. After primary_start_timeout the lease is handed to the
# best standby, for as long as that one may need. Without the lease it is then only started as a standby.
cluster quorum=majority ttl=10s failover_after=2s primary_start_timeout=30s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/4F00 follows a
agent a lease held term=3 votes=a,b,c
at 3s a refused
at 3s agent a retries start=50s
at 32999ms ask a
at 33s ask a
at 33500ms agent a lease none
at 64999ms ask a
at 65s ask a
----
at 32999ms ask a: nothing
    start_primary  a
    retry_later       action start, left 17001ms
  keeps the lease above term 3
  fence in 7s
  look again in 17001ms
at 33s ask a: nothing
    hand_over_after_crash  to b, left 32s
  hands the lease over to b
  fence in 7s
  look again in 32s
at 64999ms ask a: nothing
    hand_over_after_crash  to b, left 1ms
  hands the lease over to b
  look again in 1ms
at 65s ask a: start_as_standby a
    waits_as_standby  a
  holds no vote
