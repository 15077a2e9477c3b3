# A server that refuses connections may still have backends that write: only a look at the processes proves it down.
# Until then it counts as serving, is fenced in time, and no other start is thought of.
cluster quorum=majority ttl=10s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
agent a lease held term=3 votes=a,b,c
at 3s cut a | b c
at 4s a refused host=unknown disk=stalled
at 5s ask a
at 9s ask a
at 10s a host=stopped disk=well
at 10s ask a
----
at 5s ask a: nothing
    lease_held     a  votes 0, needed 2, left 7s
    local_unknown  a  message 'the data directory did not answer'
  keeps the lease above term 0
  fence in 4s
  look again in 4s
at 9s ask a: fence a
    lease_expires  a  left 3s
  holds no vote
  fence now
at 10s ask a: start_as_standby a
    waits_as_standby  a
  holds no vote
