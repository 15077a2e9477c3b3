# synchronous_standby_names is '*' and strict: any one of the standbys may be the only one with a commit, so all must be
# in hand. Without a primary, node names count in whatever case the list has them.
cluster quorum=majority ttl=10s sync=auto strict=yes
  a primary 0/5000 sync='*'
  B standby 0/5000 sync='*' follows a
  c standby 0/5000 sync='*' detached
  w witness
  v witness
at 3s a silent
at 14s agent B lease held term=4 votes=B,w,v
at 14s ask B
at 15s c refused
at 15s ask B
at 16s agent B knows sync='ANY 1 (b, "x")'
at 16s ask B
at 17s agent B knows sync='ANY 2 ("b", "x")'
at 17s ask B
----
at 14s ask B: promote B
    no_primary
    standbys_enough     in_hand 2, needed 2, names '*'
    best_standby     B  timeline 1, lsn 0/5000
  seeks the lease above term 4
  fence in 7s
  look again in 50ms
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  B  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best B, best_timeline 1, best_lsn 0/5000
at 15s ask B: nothing
    no_primary
    standbys_missing     in_hand 1, needed 2, names '*'
    only_standby      B  timeline 1, lsn 0/5000
  keeps the lease above term 4
  fence in 7s
  look again in 50ms
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    0  B  only_standby   timeline 1, lsn 0/5000
    -  c  not_accepting  reach refused, message 'Connection refused'
at 16s ask B: nothing
    no_primary
    standbys_missing     in_hand 1, needed 2, names 'ANY 1 (b, "x")'
    only_standby      B  timeline 1, lsn 0/5000
  keeps the lease above term 4
  fence in 7s
  look again in 50ms
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    0  B  only_standby   timeline 1, lsn 0/5000
    -  c  not_accepting  reach refused, message 'Connection refused'
at 17s ask B: promote B
    no_primary
    standbys_enough     in_hand 1, needed 1, names 'ANY 2 ("b", "x")'
    only_standby     B  timeline 1, lsn 0/5000
  seeks the lease above term 4
  fence in 7s
  look again in 50ms
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    0  B  only_standby   timeline 1, lsn 0/5000
    -  c  not_accepting  reach refused, message 'Connection refused'
