# Two promotions began timeline 2. The node of the earlier lease was the last primary that it knows of, and would take
# itself for complete; but another primary on that timeline may have acknowledged something to b and gone. It has not, once
# a is seen without that history: b alone is no standby of anybody.
cluster quorum=majority ttl=10s sync=quorum count=1 strict=yes
  a standby 0/4000 tl=1
  b standby 0/4000 tl=1
  c primary 0/5000 tl=2 mark=m1:2:4 sync='ANY 1 ("a", "b")'
agent c lease held term=4 votes=a,b,c
at 1s ask c
at 2s agent c lease none
at 2s c standby 0/5000 tl=2 mark=m1:2:4
at 2s a silent
at 2s b standby 0/6000 tl=2 mark=m2:2:3
at 14s agent c lease held term=6 votes=b,c
at 14s ask c
at 15s a standby 0/4000 tl=1
at 15s ask c
----
at 1s ask c: nothing
    lease_held         c  votes 3, needed 2, left 10s
    primary_healthy    c
    sync_strict_holds  c  names 'ANY 1 ("a", "b")'
  keeps the lease above term 4
  fence in 7s
  look again in 7s
at 14s ask c: nothing
    no_primary
    standbys_missing     in_hand 1, needed 2, names 'ANY 1 ("a", "b")', beside 'another promotion to this timeline'
    only_standby      c  timeline 2, lsn 0/5000
  keeps the lease above term 6
  fence in 7s
  look again in 50ms
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    -  b  other_mark     timeline 2
    0  c  only_standby   timeline 2, lsn 0/5000
at 15s ask c: promote c
    no_primary
    standbys_enough     in_hand 1, needed 2, names 'ANY 1 ("a", "b")'
    only_standby     c  timeline 2, lsn 0/5000
  seeks the lease above term 6
  fence in 7s
  look again in 50ms
  candidates
    -  a  older_than_last_seen  timeline 1, last_timeline 2
    -  b  other_mark            timeline 2
    0  c  only_standby          timeline 2, lsn 0/5000
