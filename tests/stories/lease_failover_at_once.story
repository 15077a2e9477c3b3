# Under a lease failover_after may be 0: the lease guards, and a lease that was handed over counts at once.
cluster quorum=majority ttl=10s failover_after=0s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/4F00 follows a
agent a lease held term=3 votes=a,b,c
at 3s a refused
at 3100ms ask b
at 3200ms agent b lease held term=4 votes=a,b,c
at 3250ms ask b
----
at 3100ms ask b: nothing
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
    lease_sought     votes 0, needed 2
  seeks the lease above term 3
  candidates
    -  a  not_accepting   reach refused, message 'Connection refused'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
at 3250ms ask b: promote b
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
  seeks the lease above term 4
  fence in 7s
  candidates
    -  a  not_accepting   reach refused, message 'Connection refused'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
