# The primary's agent slept through its lease without noticing, and another one promised a higher term meanwhile: the
# old primary gives way at once, long before its own reckoning says so. It makes no difference which look shows it.
cluster quorum=majority ttl=10s sync=off
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/4F00 follows a
agent a lease held term=3 votes=a,b,c
at 3s agent b lease ripens term=4 votes=b,c
at 4s ask a
at 5s agent b lease none
at 5s agent a lease held term=3 votes=a,b,c
at 6s ask a
at 7s agent a lease higher=5
at 7s ask a
----
at 4s ask a: fence a
    higher_term  term 4, ours 3
  holds no vote
  fence now
at 6s ask a: nothing
    lease_held       a  votes 3, needed 2, left 10s
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 3
  fence in 7s
  look again in 7s
at 7s ask a: fence a
    higher_term  term 5, ours 3
  holds no vote
  fence now
