# What status says of the voters.
cluster quorum=majority ttl=10s
  a primary 0/5000 sync='*'
  b standby 0/5000 follows a
  w witness
agent a lease held term=3 votes=a,b,w
at 1s alerts a
at 2s w refused
at 2s alerts a
at 3s b vote=stranger
at 3s alerts a
at 4s w witness vote=free
at 4s alerts a
at 5s b vote=b:4
at 5s w vote=b:4
at 5s alerts a
----
at 1s alerts a: healthy
at 2s alerts a: degraded
    warning  witness_unreachable  w  reach refused, message 'Connection refused'
at 3s alerts a: degraded
    critical  lease_no_majority       within_reach 1, voters 3, needed 2
    warning   lease_stranger       b
    warning   witness_unreachable  w  reach refused, message 'Connection refused'
at 4s alerts a: degraded
    warning  primary_without_lease  a  votes 1, needed 2
    warning  lease_stranger         b
at 5s alerts a: degraded
    warning  primary_without_lease  a  votes 1, needed 2
    warning  lease_without_primary  b  votes 2, needed 2
