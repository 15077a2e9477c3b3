# c has a wrong password for the agents since long. a crashes under a living agent, which saw it serve a moment ago:
# nobody can have been elected since, so c's silence about its role does not matter.
  a primary 0/5000
  b refused lineup=standby
  c rejecting 28P01
at 3s a refused
at 3s ask a
----
at 3s ask a: start a
    start_primary  a
