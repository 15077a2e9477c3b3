# An agent that begins beside a server in crash recovery, which will be a primary: it may accept any moment, so it has
# the time of grace and then is fenced.
cluster quorum=majority ttl=10s
  a rejecting 57P03 lineup=primary
  b standby 0/5000
  c standby 0/5000
at 1s ask a
at 2s agent a lease ripens term=1 votes=b,c
at 2s ask a
at 3s agent a lease none
at 16s ask a
----
at 1s ask a: nothing
    lease_sought           votes 0, needed 2, left 14200ms
    local_process_runs  a  reach rejecting, message 'the database system is starting up'
  keeps the lease above term 0
  fence in 14200ms
  look again in 14200ms
at 2s ask a: nothing
    lease_sought           votes 2, needed 2, left 13200ms
    local_process_runs  a  reach rejecting, message 'the database system is starting up'
  keeps the lease above term 1
  fence in 13200ms
  look again in 13200ms
at 16s ask a: fence a
    lease_never_held  a  votes 0, needed 2
  holds no vote
  fence now
