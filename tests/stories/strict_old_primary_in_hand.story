# The old primary itself came back as a standby: it has every commit that it ever acknowledged, and acknowledges none.
# With it in hand no other standby is needed, whether it leads again or not.
cluster quorum=majority ttl=10s sync=quorum count=1 strict=yes failover_after=0s
  a primary 0/5000 sync='ANY 1 ("b", "c")'
  b standby 0/5000 sync='ANY 1 ("a", "c")' follows a
  c standby 0/4F00 sync='ANY 1 ("a", "b")' follows a
at 3s c silent
at 4s a standby 0/5000 sync='ANY 1 ("b", "c")'
at 5s agent a lease held term=4 votes=a,b
at 5s ask a
at 6s a nofailover
at 6s agent a lease none
at 6s agent b lease held term=5 votes=a,b
at 6s ask b
at 7s b standby 0/4F00
at 7s ask b
----
at 5s ask a: promote a
    no_primary
    standbys_enough     in_hand 1, needed 2, names 'ANY 1 ("b", "c")'
    best_standby     a  timeline 1, lsn 0/5000
  seeks the lease above term 4
  fence in 7s
  look again in 50ms
  candidates
    0  a  best_standby    timeline 1, lsn 0/5000
    1  b  better_standby  timeline 1, lsn 0/5000, best a, best_timeline 1, best_lsn 0/5000
    -  c  not_accepting   reach silent, message 'timeout expired'
at 6s ask b: promote b
    no_primary
    standbys_enough     in_hand 1, needed 2, names 'ANY 1 ("b", "c")'
    only_standby     b  timeline 1, lsn 0/5000
  seeks the lease above term 5
  fence in 7s
  look again in 50ms
  candidates
    -  a  nofailover
    0  b  only_standby   timeline 1, lsn 0/5000
    -  c  not_accepting  reach silent, message 'timeout expired'
at 7s ask b: nothing
    no_primary
    standbys_missing     in_hand 1, needed 2, names 'ANY 1 ("b", "c")', beside 'a node that has more and may not be elected'
    only_standby      b  timeline 1, lsn 0/4F00
  keeps the lease above term 5
  fence in 7s
  look again in 50ms
  candidates
    -  a  nofailover
    0  b  only_standby   timeline 1, lsn 0/4F00
    -  c  not_accepting  reach silent, message 'timeout expired'
