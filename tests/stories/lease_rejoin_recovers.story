# A rejoin recovers the crashed former primary to a clean shutdown: a process of the server runs, which lets nobody in, and
# is no primary to be fenced. One that nobody knows of is.
cluster quorum=majority ttl=10s
  a refused lineup=primary tl=1
  b primary 0/6000 tl=2 mark=m:2:4
  c standby 0/6000 tl=2 mark=m:2:4 follows b
b vote=b:4
c vote=b:4
at 1s agent a works rejoin
at 1s a rejecting 57P03 lineup=primary
at 1s ask a
at 2s agent a rests
at 2s ask a
----
at 1s ask a: nothing
    operation_running  a  operation rejoin
  holds no vote
at 2s ask a: fence a
    lease_held_elsewhere  b
  holds no vote
  fence now
