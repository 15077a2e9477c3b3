# A promotion that failed is not tried again at once, and the votes are free for others meanwhile.
cluster quorum=majority ttl=10s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/4F00 follows a
at 3s a silent
at 14s agent b lease held term=4 votes=b,c
at 14s agent b retries promote=20s
at 15s ask b
at 20s ask b
----
at 15s ask b: nothing
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
    retry_later      action promote, left 5s
  holds no vote
  fence in 7s
  look again in 5s
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
at 20s ask b: promote b
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
  seeks the lease above term 4
  fence in 7s
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
