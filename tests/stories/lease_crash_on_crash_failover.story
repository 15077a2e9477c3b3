# on_crash = "failover": the agent lets go in favour of the best standby once its server is proven dead and the standbys
# were looked at since then, and that one's votes count at once. If nobody comes forward, it is started as a standby: it
# has no lease by then.
cluster quorum=majority ttl=10s on_crash=failover failover_after=2s primary_start_timeout=30s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/4F00 follows a
agent a lease held term=3 votes=a,b,c
at 3s a refused
at 3s ask a
at 3010ms ask a
at 3500ms agent a lease none
at 3500ms ask a
at 5s agent b lease held term=4 votes=b,c
at 5s ask b
at 34999ms ask a
at 35s ask a
----
at 3s ask a: nothing
    observation_stale  b
  keeps the lease above term 3
  fence in 7s
  look again in 10ms
at 3010ms ask a: nothing
    hand_over_after_crash  to b, left 31990ms
  hands the lease over to b
  look again in 31990ms
at 3500ms ask a: nothing
    hand_over_after_crash  to b, left 31500ms
  hands the lease over to b
  look again in 31500ms
at 5s ask b: promote b
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
  seeks the lease above term 4
  fence in 7s
  candidates
    -  a  not_accepting   reach refused, message 'Connection refused'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
at 34999ms ask a: nothing
    hand_over_after_crash  to b, left 1ms
  hands the lease over to b
  look again in 1ms
at 35s ask a: start_as_standby a
    waits_as_standby  a
  holds no vote
