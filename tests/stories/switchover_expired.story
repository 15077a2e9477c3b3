# A request does nothing once it has expired, was answered, or was meant for another primary or timeline: also not one
# that a failover or a restore brings back.
cluster sync=off failover_after=5s
  a primary 0/5000 switchover=s1:a:b:1:20s
  b standby 0/5000 follows a switchover=s1:a:b:1:20s
at 20s ask a
at 21s a switchover=s2:a:b:1:90s:no
at 21s ask a
at 22s a switchover=s3:b:a:1:90s
at 22s ask a
at 23s a switchover=s4:a:b:2:90s
at 23s ask a
at 24s a refused
at 24s b handed=s1
at 25s ask b
at 25s b switchover=s5:c:b:1:90s handed=s5
at 25s ask b
at 25s b switchover=s6:a:b:2:90s handed=s6
at 25s ask b
at 25s b switchover=s7:a:b:1:90s:no handed=s7
at 25s ask b
----
at 20s ask a: nothing
    primary_healthy  a
    sync_right       a  names ''
at 21s ask a: nothing
    primary_healthy  a
    sync_right       a  names ''
at 22s ask a: nothing
    primary_healthy  a
    sync_right       a  names ''
at 23s ask a: nothing
    primary_healthy  a
    sync_right       a  names ''
at 25s ask b: nothing
    failover_after_running  left 4s
  look again in 4s
at 25s ask b: nothing
    failover_after_running  left 4s
  look again in 4s
at 25s ask b: nothing
    failover_after_running  left 4s
  look again in 4s
at 25s ask b: nothing
    failover_after_running  left 4s
  look again in 4s
