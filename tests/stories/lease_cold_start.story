# Power loss everywhere, and all come back. The former primary may not lead without votes, and nobody has one to give:
# each starts as a standby, and the one with the most data is elected, the former primary here: with a term above the
# last one that it knows of.
cluster quorum=majority ttl=10s failover_after=2s
  a refused lineup=primary
  b refused lineup=standby
  c refused lineup=standby
agent a knows mark=m7:1:7
at 1s ask a
at 1s ask b
at 2s a standby 0/5000
at 2s b standby 0/4F00
at 2s c standby 0/4F00
at 4s ask a
at 5s agent a lease held term=8 votes=a,b,c
at 5s ask a
----
at 1s ask a: start_as_standby a
    waits_as_standby  a
  holds no vote
at 1s ask b: start b
    start_standby  b
  holds no vote
at 4s ask a: nothing
    no_primary
    best_standby  a  timeline 1, lsn 0/5000
    lease_sought     votes 0, needed 2
  seeks the lease above term 7
  candidates
    0  a  best_standby    timeline 1, lsn 0/5000
    1  b  better_standby  timeline 1, lsn 0/4F00, best a, best_timeline 1, best_lsn 0/5000
    2  c  better_standby  timeline 1, lsn 0/4F00, best a, best_timeline 1, best_lsn 0/5000
at 5s ask a: promote a
    no_primary
    best_standby  a  timeline 1, lsn 0/5000
  seeks the lease above term 8
  fence in 7s
  candidates
    0  a  best_standby    timeline 1, lsn 0/5000
    1  b  better_standby  timeline 1, lsn 0/4F00, best a, best_timeline 1, best_lsn 0/5000
    2  c  better_standby  timeline 1, lsn 0/4F00, best a, best_timeline 1, best_lsn 0/5000
