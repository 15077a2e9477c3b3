# What a person asks for goes through the same rules, without their timers. What is unwise can be forced; what cannot
# work cannot.
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/4F00 follows a
at 1s promote b
at 1s follow b a
at 1s follow b c
at 1s follow a b
at 1s demote a a
at 1s demote a b
at 2s b refused
at 2s follow c b
at 3s b standby 0/5000
at 4s a refused
# failover_after is not waited for: the person has.
at 4s promote b
at 4s promote c
at 5s a rejecting 53300
at 5s promote b
at 6s cut a | b c
at 6s b network=down
at 6s promote b
----
at 1s promote b: not without force
    primary_healthy  a
at 1s follow b a: nothing speaks against it
at 1s follow b c: impossible
    not_primary  c
at 1s follow a b: impossible
    not_standby  a  role primary
at 1s demote a a: not without force
    primary_healthy  a
at 1s demote a b: impossible
    not_primary  b
at 2s follow c b: impossible
    not_accepting  b  reach refused, message 'Connection refused'
at 4s promote b: nothing speaks against it
at 4s promote c: not without force
    better_standby  c  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
at 5s promote b: not without force
    primary_alive_but_rejecting  a  sqlstate 53300, message 'sorry, too many clients already', since 0s
at 6s promote b: not without force
    primary_heard_by_standby  b  primary a, age 100ms
    network_down              b  message 'eth0 is down'
