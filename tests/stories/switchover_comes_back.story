# The target did not take over: the old primary is started in place at once, also with on_crash = "failover", and answers
# the request with what went wrong. It is not tried again.
cluster sync=off on_crash=failover
  a primary 0/5000 switchover=s1:a:b:1:20s
  b standby 0/5000 follows a switchover=s1:a:b:1:20s
at 1s ask a
at 1s agent a works switchover
at 1100ms a refused
at 3s agent a rests
at 3s agent a knows tried=s1:'b hangs'
at 3s ask a
at 4s a primary 0/5000
at 4s ask a
----
at 1s ask a: switchover b 's1'
    primary_healthy   a
    switchover_asked  b  from a, by alice
at 3s ask a: start a
    start_primary  a
at 4s ask a: decline_switchover b 'b hangs'
    primary_healthy    a
    switchover_failed  b  message 'b hangs'
