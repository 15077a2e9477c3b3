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
