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
# The word of another switchover means nothing.
at 1450ms c handed=s0
at 1450ms ask c
at 1500ms c handed=s1
at 1500ms ask b
at 1500ms ask c
at 1600ms b received=0/5001
at 1600ms ask c
----
at 1s ask a: switchover c 's1'
    primary_healthy   a
    switchover_asked  c  from a, by alice
at 1100ms ask a: nothing
    operation_running  a  operation switchover
at 1200ms ask c: nothing
    switchover_asked        c  from a, by alice
    failover_after_running     left 10s
  look again in 10ms
at 1400ms ask c: nothing
    switchover_asked        c  from a, by alice
    failover_after_running     left 9800ms
  look again in 10ms
at 1450ms ask c: nothing
    switchover_asked        c  from a, by alice
    failover_after_running     left 9750ms
  look again in 10ms
at 1500ms ask b: nothing
    failover_after_running  left 9700ms
  look again in 9700ms
at 1500ms ask c: promote c
    switchover_asked  c  from a, by alice
    no_primary
    best_standby      c  timeline 1, lsn 0/5000
  look again in 10ms
  candidates
    -  a  not_accepting   reach refused, message 'Connection refused'
    1  b  better_standby  timeline 1, lsn 0/5000, best c, best_timeline 1, best_lsn 0/5000
    0  c  best_standby    timeline 1, lsn 0/5000
at 1600ms ask c: nothing
    switchover_asked  c  from a, by alice
    no_primary
    better_standby    c  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5001
  look again in 10ms
  candidates
    -  a  not_accepting   reach refused, message 'Connection refused'
    0  b  best_standby    timeline 1, lsn 0/5001
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5001
