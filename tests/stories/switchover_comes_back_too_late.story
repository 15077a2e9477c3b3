# Without votes a primary that comes back late may meet a new one, so it leaves it to the others.
cluster sync=off failover_after=10s scan_period=1s probe_timeout=1s
  a primary 0/5000 switchover=s1:a:b:1:60s
  b standby 0/5000 follows a switchover=s1:a:b:1:60s
at 1s agent a works switchover
at 1s a refused
at 9s agent a rests
at 9s agent a knows tried=s1:'b hangs'
at 9s ask a
----
at 9s ask a: nothing
    hand_over_after_crash  to b, left 62s
  look again in 62s
