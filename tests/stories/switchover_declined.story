# What speaks against a switchover is named, where it is asked and by the primary's agent.
cluster sync=off
  a primary 0/9000000
  b standby 0/5000 follows a
  c standby 0/9000000 follows a nofailover
  d standby 0/9000000
  e standby 0/9000000 follows a agentless
  f standby 0/9000000 follows a system=7000000000000000002
  g refused
at 1s switchover a b
at 1s switchover a c
at 1s switchover a d
at 1s switchover a e
at 1s switchover a f
at 1s switchover a g
at 1s switchover a a
at 1s target a
at 1s a switchover=s1:a:c:1:20s
at 1s ask a
at 2s b received=0/9000000
at 2s target a
at 2s b refused
at 2s c refused
at 3s a pause=alice:3s
at 3s a switchover=s2:a:e:1:20s
at 3s ask a
at 4s a refused
at 4s switchover b c
----
at 1s switchover a b: not without force
    target_lags  b  lag_bytes 150974464, most_bytes 16777216
at 1s switchover a c: not without force
    nofailover  c
at 1s switchover a d: not without force
    not_streaming  d  primary a
at 1s switchover a e: not without force
    agent_missing  e
at 1s switchover a f: impossible
    system_differs  f  system_identifier 7000000000000000002, expected 7000000000000000001
at 1s switchover a g: impossible
    not_accepting  g  reach refused, message 'Connection refused'
at 1s switchover a a: not without force
    primary_healthy  a
at 1s target a: nobody
at 1s ask a: decline_switchover c 'nofailover c'
    primary_healthy   a
    switchover_asked  c  from a, by alice
    nofailover        c
at 2s target a: b
at 3s ask a: decline_switchover e 'paused, agent_missing e'
    paused               by alice, since 0s, why maintenance
    switchover_asked  e  from a, by alice
    paused               by alice, since 0s, why maintenance
    agent_missing     e
at 4s switchover b c: not without force
    no_primary
