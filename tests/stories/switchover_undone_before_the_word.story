# Somebody starts the old primary's server by hand while its agent still sees to it that the target has all. The agent
# saw it serve before it handed the lease over, and sees it serve after that: it is fenced like any primary that is
# found without a lease.
cluster quorum=majority ttl=10s fence_margin=3s sync=off
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
agent a lease held term=3 votes=a,b,c
at 1s a switchover=s1:a:b:1:20s
at 1s ask a
at 1100ms agent a works switchover
at 1200ms a refused host=stopped
at 1200ms ask a
at 1250ms a primary 0/5001 host=running
at 1250ms ask a
at 1300ms agent a hands over b
at 1300ms agent a lease none
at 1300ms ask a
at 1400ms ask a
at 9s ask a
----
at 1s ask a: switchover b 's1'
    lease_held        a  votes 3, needed 2, left 10s
    primary_healthy   a
    switchover_asked  b  from a, by alice
  keeps the lease above term 3
  fence in 7s
  look again in 7s
at 1200ms ask a: nothing
    operation_running  a  operation switchover
  keeps the lease above term 3
  fence in 7s
at 1250ms ask a: nothing
    lease_held         a  votes 2, needed 2, left 10s
    operation_running  a  operation switchover
  keeps the lease above term 3
  fence in 7s
  look again in 7s
at 1300ms ask a: nothing
    operation_running  a  operation switchover
  hands the lease over to b
at 1400ms ask a: nothing
    lease_sought          votes 0, needed 2, left 2900ms
    operation_running  a  operation switchover
  keeps the lease above term 0
  fence in 2900ms
  look again in 2900ms
at 9s ask a: fence a
    lease_never_held  a  votes 0, needed 2
  holds no vote
  fence now
