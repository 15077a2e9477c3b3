# An operator asks from a host that cannot see a, and nothing is remembered: "pgcm elect" on a fresh view. c still hears
# somebody whom it follows, so there is a primary, wherever it is.
  a unresolved
  b standby 0/5000 follows a waiting
  c standby 0/5000 follows a
at 1s elect
----
at 1s elect: a stays
    primary_heard_by_standby  c  primary a, age 100ms
  candidates
    -  a  not_accepting  reach unresolved, message 'Host not found'
    -  b
    -  c
