# strict, one of two, and one of the two is gone with the primary: it might have the last commit, so nobody is promoted.
# Without strict the promotion goes on, and says what it may cost. A standby of an older timeline is no help.
cluster quorum=majority ttl=10s sync=quorum count=1 strict=yes
  a primary 0/5000 tl=2 sync='ANY 1 ("b", "c")'
  b standby 0/5000 tl=2 sync='ANY 1 ("a", "c")' follows a
  c standby 0/5000 tl=2 sync='ANY 1 ("a", "b")' follows a
  w witness
  v witness
at 3s a silent
at 3s c silent
at 14s agent b lease held term=4 votes=b,w,v
at 14s ask b
at 15s cluster strict=no
at 15s ask b
at 16s cluster strict=yes
at 16s c standby 0/9000 tl=1
at 17s ask b
----
at 14s ask b: nothing
    no_primary
    standbys_missing     in_hand 1, needed 2, names 'ANY 1 ("b", "c")'
    only_standby      b  timeline 2, lsn 0/5000
  keeps the lease above term 4
  fence in 7s
  look again in 50ms
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    0  b  only_standby   timeline 2, lsn 0/5000
    -  c  not_accepting  reach silent, message 'timeout expired'
at 15s ask b: promote b
    no_primary
    commits_may_be_lost     in_hand 1, needed 2, names 'ANY 1 ("b", "c")'
    only_standby         b  timeline 2, lsn 0/5000
  seeks the lease above term 4
  fence in 7s
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    0  b  only_standby   timeline 2, lsn 0/5000
    -  c  not_accepting  reach silent, message 'timeout expired'
at 17s ask b: nothing
    no_primary
    standbys_missing     in_hand 1, needed 2, names 'ANY 1 ("b", "c")'
    only_standby      b  timeline 2, lsn 0/5000
  keeps the lease above term 4
  fence in 7s
  look again in 50ms
  candidates
    -  a  not_accepting         reach silent, message 'timeout expired'
    0  b  only_standby          timeline 2, lsn 0/5000
    -  c  older_than_last_seen  timeline 1, last_timeline 2
