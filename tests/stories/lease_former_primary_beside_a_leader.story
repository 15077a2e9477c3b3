# Another node holds the votes, though it is not primary yet: a lease that this agent believes in is none.
cluster quorum=majority ttl=10s
  a refused lineup=primary
  b standby 0/5000
  c standby 0/5000
agent a lease held term=3 votes=a,b,c
at 1s agent b lease ripens term=4 votes=b,c
at 2s ask a
----
at 2s ask a: start_as_standby a
    waits_as_standby  a
  holds no vote
