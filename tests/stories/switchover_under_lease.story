# Under a lease the old primary keeps it while it stops, and lets go in favour of the target once that has all; the
# target seeks it at short intervals, and promotes itself with it in hand.
cluster quorum=majority ttl=10s fence_margin=3s sync=off
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
agent a lease held term=3 votes=a,b,c
at 1s a switchover=s1:a:b:1:20s
at 1s b switchover=s1:a:b:1:20s
at 1s c switchover=s1:a:b:1:20s
at 1s ask a
# One that has no lease yet has none to hand over, and waits.
at 1s agent a lease ripens term=3 votes=a,b,c
at 1100ms ask a
at 1100ms agent a lease held term=3 votes=a,b,c
at 1100ms agent a works switchover
at 1200ms a refused host=stopped
at 1200ms ask a
at 1300ms agent a hands over b
at 1300ms ask a
at 1300ms ask b
at 1400ms b handed=s1
at 1400ms ask b
at 1400ms ask c
----
at 1s ask a: switchover b 's1'
    lease_held        a  votes 3, needed 2, left 10s
    primary_healthy   a
    switchover_asked  b  from a, by alice
  keeps the lease above term 3
  fence in 7s
  look again in 7s
at 1100ms ask a: nothing
    lease_sought              votes 3, needed 2, left 2900ms
    primary_healthy        a
    switchover_asked       b  from a, by alice
    primary_without_lease  a
  keeps the lease above term 3
  fence in 2900ms
  look again in 2900ms
at 1200ms ask a: nothing
    operation_running  a  operation switchover
  keeps the lease above term 3
  fence in 7s
at 1300ms ask a: nothing
    operation_running  a  operation switchover
  hands the lease over to b
at 1300ms ask b: nothing
    switchover_asked        b  from a, by alice
    failover_after_running     left 9900ms
  holds no vote
  look again in 10ms
at 1400ms ask b: nothing
    switchover_asked  b  from a, by alice
    no_primary
    best_standby      b  timeline 1, lsn 0/5000
    lease_sought         votes 0, needed 2
  seeks the lease at once above term 3
  look again in 10ms
  candidates
    -  a  not_accepting   reach refused, message 'Connection refused'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
at 1400ms ask c: nothing
    failover_after_running  left 9800ms
  holds no vote
  look again in 9800ms
