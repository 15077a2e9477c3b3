# strict, one of two: an acknowledged commit is on a and besides on b or c, so both standbys must be seen to know the
# furthest. They are. The winner is promoted once the other one has left the old primary, which might wake up: detached,
# or already waiting for the winner. A walreceiver that runs may still be the one of before.
cluster quorum=majority ttl=10s sync=quorum count=1 strict=yes
  a primary 0/5000 sync='ANY 1 ("b", "c")'
  b standby 0/5000 sync='ANY 1 ("a", "c")' follows a
  c standby 0/4F00 sync='ANY 1 ("a", "b")' follows a
agent a lease held term=3 votes=a,b,c
at 3s a silent
at 5s b vote=free
at 5s c vote=free
at 14s agent b lease held term=4 votes=b,c
at 14s ask b
at 14s ask c
at 14100ms c detached
at 14100ms ask c
at 14100ms ask b
at 14200ms c follows a waiting
at 14200ms ask b
at 14300ms c follows b waiting
at 14300ms ask b
at 14400ms c follows b
at 14400ms ask b
----
at 14s ask b: nothing
    no_primary
    standbys_enough       in_hand 2, needed 2, names 'ANY 1 ("b", "c")'
    best_standby       b  timeline 1, lsn 0/5000
    standbys_attached     parted 1, needed 2
  seeks the lease above term 4
  fence in 7s
  look again in 50ms
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
at 14s ask c: detach c
    gives_way_to_candidate  b  term 4
  holds no vote
at 14100ms ask c: nothing
    no_primary
    standbys_enough     in_hand 2, needed 2, names 'ANY 1 ("b", "c")'
    better_standby   c  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
  holds no vote
  look again in 50ms
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
at 14100ms ask b: promote b
    no_primary
    standbys_enough     in_hand 2, needed 2, names 'ANY 1 ("b", "c")'
    best_standby     b  timeline 1, lsn 0/5000
  seeks the lease above term 4
  fence in 7s
  look again in 50ms
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
at 14200ms ask b: nothing
    no_primary
    standbys_enough       in_hand 2, needed 2, names 'ANY 1 ("b", "c")'
    best_standby       b  timeline 1, lsn 0/5000
    standbys_attached     parted 1, needed 2
  seeks the lease above term 4
  fence in 7s
  look again in 50ms
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
at 14300ms ask b: promote b
    no_primary
    standbys_enough     in_hand 2, needed 2, names 'ANY 1 ("b", "c")'
    best_standby     b  timeline 1, lsn 0/5000
  seeks the lease above term 4
  fence in 7s
  look again in 50ms
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
at 14400ms ask b: nothing
    no_primary
    standbys_enough       in_hand 2, needed 2, names 'ANY 1 ("b", "c")'
    best_standby       b  timeline 1, lsn 0/5000
    standbys_attached     parted 1, needed 2
  seeks the lease above term 4
  fence in 7s
  look again in 50ms
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
