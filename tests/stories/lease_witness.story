# Two nodes and a witness. The host of the primary dies; the standby holds its own vote and the witness's, and leads.
# Without the witness there would be no majority.
cluster quorum=majority ttl=10s
  a primary 0/5000 tl=2 mark=m3:2:3
  b standby 0/5000 tl=2 mark=m3:2:3 follows a
  w witness
agent a lease held term=3 votes=a,b,w
at 3s a silent
at 5s b vote=free
at 5s w vote=free
at 13s ask b
at 14s agent b lease held term=4 votes=b,w
at 14500ms ask b stale w=1s
at 15s w refused
at 20s agent b lease none
at 21s ask b
----
at 13s ask b: nothing
    no_primary
    only_standby  b  timeline 2, lsn 0/5000
    lease_sought     votes 0, needed 2
  seeks the lease above term 3
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    0  b  only_standby   timeline 2, lsn 0/5000
at 14500ms ask b stale w=1s: promote b
    no_primary
    only_standby  b  timeline 2, lsn 0/5000
  seeks the lease above term 4
  fence in 7s
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    0  b  only_standby   timeline 2, lsn 0/5000
at 21s ask b: nothing
    no_primary
    only_standby        b  timeline 2, lsn 0/5000
    lease_out_of_reach     within_reach 1, needed 2
  holds no vote
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    0  b  only_standby   timeline 2, lsn 0/5000
