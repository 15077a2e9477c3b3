# Two candidates: the one that sees a higher promise than its own lets go, though it had a majority.
cluster quorum=majority ttl=10s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/4F00 follows a
at 3s a silent
at 14s agent b lease held term=4 votes=b,c
at 14s agent b lease higher=5
at 15s ask b
----
at 15s ask b: nothing
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
    higher_term      term 5, ours 4
  holds no vote
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
