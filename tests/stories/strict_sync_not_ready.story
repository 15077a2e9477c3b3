# strict: the very first commit after a promotion must wait for a standby, so each standby has the right
# synchronous_standby_names before it may be promoted, whoever is primary now. An ALTER SYSTEM that fails holds the
# promotion back too. Without strict nobody minds.
cluster quorum=majority ttl=10s sync=quorum count=1 strict=yes
  a primary 0/5000 sync='ANY 1 ("b", "c")'
  b standby 0/5000 follows a
  c standby 0/5000 detached
at 1s ask b
at 3s a silent
at 14s agent b lease held term=4 votes=b,c
at 14s ask b
at 15s agent b retries set_sync_names=20s
at 15s ask b
at 16s b sync='ANY 1 ("a", "c")'
at 16s ask b
at 17s cluster strict=no
at 17s b sync=''
at 17s ask b
----
at 1s ask b: set_sync_names b 'ANY 1 ("a", "c")'
    sync_not_ready  b  from '', to 'ANY 1 ("a", "c")'
    follows         a
  holds no vote
at 14s ask b: set_sync_names b 'ANY 1 ("a", "c")'
    sync_not_ready   b  from '', to 'ANY 1 ("a", "c")'
    no_primary
    standbys_enough     in_hand 2, needed 2, names 'ANY 1 ("b", "c")'
    best_standby     b  timeline 1, lsn 0/5000
  seeks the lease above term 4
  fence in 7s
  look again in 50ms
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
at 15s ask b: nothing
    sync_not_ready   b  from '', to 'ANY 1 ("a", "c")'
    no_primary
    standbys_enough     in_hand 2, needed 2, names 'ANY 1 ("b", "c")'
    best_standby     b  timeline 1, lsn 0/5000
    retry_later         action set_sync_names, left 5s
  seeks the lease above term 4
  fence in 7s
  look again in 50ms
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
at 16s ask b: promote b
    no_primary
    standbys_enough     in_hand 2, needed 2, names 'ANY 1 ("b", "c")'
    best_standby     b  timeline 1, lsn 0/5000
  seeks the lease above term 4
  fence in 7s
  look again in 50ms
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
at 17s ask b: promote b
    no_primary
    standbys_enough     in_hand 2, needed 2, names 'ANY 1 ("b", "c")'
    best_standby     b  timeline 1, lsn 0/5000
  seeks the lease above term 4
  fence in 7s
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
