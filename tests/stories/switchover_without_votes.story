# A server that is stopped gives no vote. Where the others are no majority the target could not take over before the old
# primary is back, and nothing is begun.
cluster quorum=majority ttl=10s fence_margin=3s sync=off
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
agent a lease held term=3 votes=a,b,c
at 1s a switchover=s1:a:b:1:20s
at 1s c refused
at 1s ask a
at 2s c standby 0/5000 follows a
at 2s ask a
----
at 1s ask a: decline_switchover b 'lease_out_of_reach b'
    lease_held          a  votes 2, needed 2, left 10s
    primary_healthy     a
    switchover_asked    b  from a, by alice
    lease_out_of_reach  b  within_reach 1, needed 2
  keeps the lease above term 3
  fence in 7s
  look again in 7s
at 2s ask a: switchover b 's1'
    lease_held        a  votes 2, needed 2, left 10s
    primary_healthy   a
    switchover_asked  b  from a, by alice
  keeps the lease above term 3
  fence in 7s
  look again in 7s
