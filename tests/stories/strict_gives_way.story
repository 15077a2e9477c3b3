# A frozen primary could wake up and acknowledge commits with the standby that is still attached to it. So that one
# parts from it once a candidate that promised a term holds its vote: neither without a promise, nor for the old primary,
# nor without strict, nor for itself, nor if it parted before. A candidate that became primary is followed, not fled from.
cluster quorum=majority ttl=10s sync=quorum count=1 strict=yes
  a primary 0/5000 sync='ANY 1 ("b", "c")'
  b standby 0/5000 sync='ANY 1 ("a", "c")' follows a
  c standby 0/5000 sync='ANY 1 ("a", "b")' follows a
agent a lease held term=3 votes=a,b,c
at 3s a silent
at 4s ask c
at 5s c vote=b
at 5s ask c
at 6s c vote=b:4
at 6s ask c
at 7s cluster strict=no
at 7s ask c
at 8s cluster strict=yes
at 8s c detached
at 8s ask c
at 9s c vote=c:5 follows a
at 9s ask c
at 10s a primary 0/5000
at 10s c vote=b:6
at 10s ask c
at 11s b primary 0/5000 tl=2 history 1@0/5000
at 11s ask c
at 12s a silent
at 12s agent b lease held term=6 votes=b,c
at 12s ask c
----
at 4s ask c: nothing
    failover_after_running  left 9s
  holds no vote
  look again in 50ms
at 5s ask c: nothing
    failover_after_running  left 8s
  holds no vote
  look again in 50ms
at 6s ask c: detach c
    gives_way_to_candidate  b  term 4
  holds no vote
at 7s ask c: nothing
    failover_after_running  left 6s
  holds no vote
  look again in 6s
at 8s ask c: nothing
    failover_after_running  left 5s
  holds no vote
  look again in 50ms
at 9s ask c: nothing
    failover_after_running  left 4s
  holds no vote
  look again in 50ms
at 10s ask c: detach c
    gives_way_to_candidate  b  term 6
  holds no vote
at 11s ask c: nothing
    many_primaries  count 2
  holds no vote
at 12s ask c: follow b
    follows_wrong_node  c  from a:5432, to b
  holds no vote
