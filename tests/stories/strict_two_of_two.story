# strict, two of two: every acknowledged commit is on both, so one in hand is enough.
cluster quorum=majority ttl=10s sync=quorum count=2 strict=yes
  a primary 0/5000 sync='ANY 2 ("b", "c")'
  b standby 0/5000 sync='ANY 2 ("a", "c")' follows a
  c standby 0/5000 sync='ANY 2 ("a", "b")' follows a
  w witness
  v witness
at 3s a silent
at 3s c silent
at 14s agent b lease held term=4 votes=b,w,v
at 14s ask b
----
at 14s ask b: promote b
    no_primary
    standbys_enough     in_hand 1, needed 1, names 'ANY 2 ("b", "c")'
    only_standby     b  timeline 1, lsn 0/5000
  seeks the lease above term 4
  fence in 7s
  look again in 50ms
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    0  b  only_standby   timeline 1, lsn 0/5000
    -  c  not_accepting  reach silent, message 'timeout expired'
