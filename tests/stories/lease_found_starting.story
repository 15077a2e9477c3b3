# An agent that begins beside a server in crash recovery, which will be a primary: it may accept any moment, so it has
# to have the locks at once. It loses them, and is fenced before they can count for another node.
cluster quorum=majority ttl=10s
  a rejecting 57P03 lineup=primary
  b standby 0/5000
  c standby 0/5000
at 1s ask a
at 2s agent a lease ripens term=1 votes=b,c withheld=12s
at 2s ask a
at 3s agent a lease none withheld=12s
at 9s ask a
----
at 1s ask a: nothing
    lease_sought           votes 0, needed 2, left 2s
    local_process_runs  a  reach rejecting, message 'the database system is starting up'
  keeps the lease above term 0
  fence in 2s
  look again in 2s
at 2s ask a: nothing
    lease_sought           votes 2, needed 2, left 7s
    local_process_runs  a  reach rejecting, message 'the database system is starting up'
  keeps the lease above term 1
  fence in 7s
  look again in 7s
at 9s ask a: fence a
    lease_never_held  a  votes 0, needed 2
  holds no vote
  fence now
