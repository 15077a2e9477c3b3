# Under sync.strict the target needs no other standby to have parted, nor to be in hand: the primary's own agent says
# that it stopped, and that the target has all. A target that may not be elected for another reason stays what it is.
cluster quorum=majority ttl=10s fence_margin=3s sync=quorum count=1 strict=yes failover_after=0s
  a primary 0/5000 sync='ANY 1 ("b", "c")'
  b standby 0/5000 follows a sync='ANY 1 ("a", "c")'
  c standby 0/5000 follows a sync='ANY 1 ("a", "b")'
agent a lease held term=3 votes=a,b,c
at 1s b switchover=s1:a:b:1:20s
at 1s c refused
at 2s a refused
at 2s agent b lease held term=4 votes=b,a
at 2200ms ask b
at 2300ms b handed=s1
at 2300ms ask b
at 2400ms b network=down
at 2400ms ask b
----
at 2200ms ask b: nothing
    switchover_asked  b  from a, by alice
    no_primary
    standbys_missing     in_hand 1, needed 2, names 'ANY 1 ("b", "c")'
    only_standby      b  timeline 1, lsn 0/5000
  keeps the lease above term 4
  fence in 6800ms
  look again in 10ms
  candidates
    -  a  not_accepting  reach refused, message 'Connection refused'
    0  b  only_standby   timeline 1, lsn 0/5000
    -  c  not_accepting  reach refused, message 'Connection refused'
at 2300ms ask b: promote b
    switchover_asked  b  from a, by alice
    no_primary
    standbys_enough      in_hand 1, needed 2, names 'ANY 1 ("b", "c")'
    only_standby      b  timeline 1, lsn 0/5000
  seeks the lease at once above term 4
  fence in 6700ms
  look again in 10ms
  candidates
    -  a  not_accepting  reach refused, message 'Connection refused'
    0  b  only_standby   timeline 1, lsn 0/5000
    -  c  not_accepting  reach refused, message 'Connection refused'
at 2400ms ask b: nothing
    network_down  b  message 'eth0 is down'
  holds no vote
