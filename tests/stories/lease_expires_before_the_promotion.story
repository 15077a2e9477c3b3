# Less than fence_margin is left: too little for a promotion that might have to be fenced.
cluster quorum=majority ttl=10s fence_margin=3s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/4F00 follows a
at 3s a silent
at 13s agent b lease held term=4 votes=b,c until=20s
at 14s ask b
at 16999ms ask b
at 17s ask b
----
at 14s ask b: promote b
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
  seeks the lease above term 4
  fence in 3s
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
at 16999ms ask b: promote b
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
  seeks the lease above term 4
  fence in 1ms
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
at 17s ask b: nothing
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
    lease_ripens     votes 2, needed 2
  seeks the lease above term 4
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
