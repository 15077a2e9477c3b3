# The standby with the most data may not be elected, and has commits that the winner has not.
cluster quorum=majority ttl=10s sync=quorum count=1 strict=yes
  a primary 0/5000 sync='ANY 1 ("b", "c")'
  b standby 0/4F00 sync='ANY 1 ("a", "c")' follows a
  c standby 0/5000 sync='ANY 1 ("a", "b")' follows a nofailover
at 3s a silent
at 14s ask b
----
at 14s ask b: nothing
    no_primary
    standbys_missing     in_hand 2, needed 2, names 'ANY 1 ("b", "c")', beside 'a node that has more and may not be elected'
    only_standby      b  timeline 1, lsn 0/4F00
  holds no vote
  look again in 50ms
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    0  b  only_standby   timeline 1, lsn 0/4F00
    -  c  nofailover
