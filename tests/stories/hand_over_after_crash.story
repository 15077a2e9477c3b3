# on_crash = "failover": the agent leaves its dead server down and the standbys elect. Only when none of them came
# forward for failover_after and primary_start_timeout is the old primary started again.
cluster on_crash=failover failover_after=2s primary_start_timeout=30s
  a primary 0/5000
  b standby 0/5000 follows a
at 3s a refused
at 3s ask a
at 5s ask b
at 34s ask a
at 35s ask a
----
at 3s ask a: nothing
    hand_over_after_crash  to b, left 32s
  look again in 32s
at 5s ask b: promote b
    no_primary
    only_standby  b  timeline 1, lsn 0/5000
  candidates
    -  a  not_accepting  reach refused, message 'Connection refused'
    0  b  only_standby   timeline 1, lsn 0/5000
at 34s ask a: nothing
    hand_over_after_crash  to b, left 1s
  look again in 1s
at 35s ask a: start a
    start_primary  a
