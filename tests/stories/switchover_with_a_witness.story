# Two nodes and a witness: the witness and the target are a majority while the old primary is stopped.
cluster quorum=majority ttl=10s fence_margin=3s sync=off
  a primary 0/5000
  b standby 0/5000 follows a
  w witness
agent a lease held term=3 votes=a,b,w
at 1s a switchover=s1:a:b:1:20s
at 1s ask a
at 2s w refused
at 2s ask a
----
at 1s ask a: switchover b 's1'
    lease_held        a  votes 3, needed 2, left 10s
    primary_healthy   a
    switchover_asked  b  from a, by alice
  keeps the lease above term 3
  fence in 7s
  look again in 7s
at 2s ask a: decline_switchover b 'lease_out_of_reach b'
    lease_held          a  votes 2, needed 2, left 10s
    primary_healthy     a
    switchover_asked    b  from a, by alice
    lease_out_of_reach  b  within_reach 1, needed 2
  keeps the lease above term 3
  fence in 7s
  look again in 7s
