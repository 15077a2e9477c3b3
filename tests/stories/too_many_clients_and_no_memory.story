# The agent of b starts for the first time while a answers only "too many clients": whoever does not let us in may be
# the primary.
  a primary 0/5000
  b standby 0/5000 follows a
at 3s a rejecting 53300
at 4s agent b forgets
at 20s ask b
----
at 20s ask b: nothing
    primary_alive_but_rejecting  a  sqlstate 53300, message 'sorry, too many clients already', since 16s
  candidates
    -  a  not_accepting  reach rejecting, message 'sorry, too many clients already'
    -  b
