# The operation proved that the server is stopped; that the agent's last look at its host still shows it running is no
# reason to keep the lease, nor to fence.
cluster quorum=majority ttl=10s fence_margin=3s sync=off
  a primary 0/5000 switchover=s1:a:b:1:20s
  b standby 0/5000 follows a switchover=s1:a:b:1:20s
  c standby 0/5000 follows a switchover=s1:a:b:1:20s
agent a lease held term=3 votes=a,b,c
at 1s agent a works switchover
at 1200ms a refused host=running
at 1200ms ask a
at 1300ms agent a hands over b
at 1300ms ask a
----
at 1200ms ask a: nothing
    lease_held         a  votes 2, needed 2, left 10s
    operation_running  a  operation switchover
  keeps the lease above term 3
  fence in 7s
  look again in 7s
at 1300ms ask a: nothing
    operation_running  a  operation switchover
  hands the lease over to b
