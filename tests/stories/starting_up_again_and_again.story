# A primary that crashes, starts up and crashes again is judged at each moment: while it starts up it lives, while
# nothing listens it does not.
  a primary 0/5000
  b standby 0/5000 follows a
at 3s a rejecting 57P03
at 8s a refused
at 9s a rejecting 57P03
at 13s ask b
at 14s a refused
at 14s ask b
----
at 13s ask b: nothing
    primary_alive_but_rejecting  a  sqlstate 57P03, message 'the database system is starting up', since 4s
  look again in 56s
  candidates
    -  a  not_accepting  reach rejecting, message 'the database system is starting up'
    -  b
at 14s ask b: promote b
    no_primary
    only_standby  b  timeline 1, lsn 0/5000
  candidates
    -  a  not_accepting  reach refused, message 'Connection refused'
    0  b  only_standby   timeline 1, lsn 0/5000
