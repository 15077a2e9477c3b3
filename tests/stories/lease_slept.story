# The host was suspended, and the voters' clocks tell: the lease is void and the fence comes before all else, an
# operation that still runs or a hung disk included.
cluster quorum=majority ttl=10s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/4F00 follows a
agent a lease held term=3 votes=a,b,c
at 3s agent a lease slept
at 3s ask a
at 4s agent a works set_sync_names
at 4s a disk=stalled
at 5s ask a
----
at 3s ask a: fence a
    host_slept  a
  holds no vote
  fence now
at 5s ask a: fence a
    host_slept  a
  holds no vote
  fence now
