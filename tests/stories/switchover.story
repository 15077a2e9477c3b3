# A request for a switchover stands on the primary. Its agent judges it and begins; the others wait. Once the old
# primary's agent tells the target that it may, that one promotes itself without failover_after, in manual mode too, and
# before a standby of higher priority with the same data.
cluster mode=manual sync=off
  a primary 0/5000
  b standby 0/5000 follows a priority=200
  c standby 0/5000 follows a
at 1s a switchover=s1:a:c:1:20s
at 1s b switchover=s1:a:c:1:20s
at 1s c switchover=s1:a:c:1:20s
at 1s ask a
at 1s agent a works switchover
at 1100ms ask a
at 1200ms a rejecting 57P03
at 1200ms ask c
at 1300ms a refused
at 1400ms ask c
at 1500ms c handed=s1
at 1500ms ask b
at 1500ms ask c
at 1600ms b received=0/5001
at 1600ms ask c
----
