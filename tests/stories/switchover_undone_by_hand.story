# While the lease goes to the target, somebody starts the old primary's server by hand. That it was given away covers a
# server that is stopped, not one that serves again: it is fenced at once where the target leads already, and otherwise
# gets no more time than any primary that is found without a lease.
cluster quorum=majority ttl=10s fence_margin=3s sync=off
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
agent a lease held term=3 votes=a,b,c
at 1s a switchover=s1:a:b:1:20s
at 1s b switchover=s1:a:b:1:20s
at 1s c switchover=s1:a:b:1:20s
at 1s ask a
at 1100ms agent a works switchover
# An answer of the server from before its end is no server that serves again.
at 1150ms agent a hands over b
at 1150ms ask a
at 1200ms a refused host=stopped
at 1200ms ask a
at 1300ms agent a hands over b
at 1300ms agent a lease none
at 1300ms ask a
at 1400ms a primary 0/5001 host=running
at 1400ms ask a
at 1500ms agent b lease ripens term=4 votes=a,b,c
at 1500ms ask a
at 9s ask a
----
at 1s ask a: switchover b 's1'
    lease_held        a  votes 3, needed 2, left 10s
    primary_healthy   a
    switchover_asked  b  from a, by alice
  keeps the lease above term 3
  fence in 7s
  look again in 7s
at 1150ms ask a: nothing
    operation_running  a  operation switchover
  hands the lease over to b
at 1200ms ask a: nothing
    operation_running  a  operation switchover
  hands the lease over to b
at 1300ms ask a: nothing
    operation_running  a  operation switchover
  hands the lease over to b
at 1400ms ask a: nothing
    lease_sought          votes 0, needed 2, left 3s
    operation_running  a  operation switchover
  keeps the lease above term 0
  fence in 3s
  look again in 3s
at 1500ms ask a: fence a
    lease_held_elsewhere  b
  holds no vote
  fence now
at 9s ask a: fence a
    lease_held_elsewhere  b
  holds no vote
  fence now
