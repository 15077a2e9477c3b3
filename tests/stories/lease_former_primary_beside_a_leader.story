# Another node holds the votes, though it is not primary yet: a lease that this agent believes in is none.
# Beside a primary in view the former one rejoins, and lets the votes go that it holds: that one needs them.
cluster quorum=majority ttl=10s
  a refused lineup=primary
  b standby 0/5000
  c standby 0/5000
agent a lease held term=3 votes=a,b,c
at 1s agent b lease ripens term=4 votes=b,c
at 2s ask a
at 3s agent b lease none
at 3s agent a lease held term=5 votes=b,c
at 3s b primary 0/6000 tl=2 history 1@0/5000
at 4s ask a
----
at 2s ask a: start_as_standby a
    waits_as_standby  a
  holds no vote
at 4s ask a: rejoin b
    former_primary_rejoins  a  primary b
  holds no vote
  fence in 7s
