# A candidate with a single vote does not promote. One that finds the votes in the hands of another candidate in view
# waits for that one, whatever it holds itself.
cluster quorum=majority ttl=10s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
at 3s a silent
at 13s agent b lease held term=4 votes=b
at 13s ask b
at 13500ms agent b lease none
at 13500ms c vote=c
at 13500ms ask b
at 14s agent c lease ripens term=5 votes=b,c
at 14s ask b
at 15s c refused
at 15s ask b
----
at 13s ask b: nothing
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
    lease_sought     votes 1, needed 2
  seeks the lease above term 0
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
at 13500ms ask b: nothing
    no_primary
    best_standby        b  timeline 1, lsn 0/5000
    lease_out_of_reach     within_reach 1, needed 2
  holds no vote
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
at 14s ask b: nothing
    no_primary
    best_standby          b  timeline 1, lsn 0/5000
    lease_held_elsewhere  c
  holds no vote
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
at 15s ask b: nothing
    no_primary
    only_standby        b  timeline 1, lsn 0/5000
    lease_out_of_reach     within_reach 1, needed 2
  holds no vote
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    0  b  only_standby   timeline 1, lsn 0/5000
    -  c  not_accepting  reach refused, message 'Connection refused'
