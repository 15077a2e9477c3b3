# The server dies, its agent lives and has the lease: one renewal after the death, then it is started where it is. The
# votes of the others are enough for that.
cluster quorum=majority ttl=10s sync=off
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
agent a lease held term=3 votes=a,b,c
at 3s a refused
at 3s agent a lease until=12s
at 3s ask a
at 3050ms agent a lease until=13050ms
at 3050ms ask a
at 3050ms agent a started
at 3050ms agent a works start
at 3100ms ask a
at 3200ms agent a rests
at 3200ms a rejecting 57P03
at 3300ms ask a
at 4s a primary 0/5000
at 4s ask a
----
at 3s ask a: nothing
    lease_renewed_first  a
  keeps the lease above term 3
  fence in 6s
  look again in 50ms
at 3050ms ask a: start a
    start_primary  a
  keeps the lease above term 3
  fence in 7s
at 3100ms ask a: nothing
    operation_running  a  operation start
  keeps the lease above term 3
  fence in 6950ms
at 3300ms ask a: nothing
    lease_held          a  votes 2, needed 2, left 9750ms
    local_process_runs  a  reach rejecting, message 'the database system is starting up'
  keeps the lease above term 3
  fence in 6750ms
  look again in 6750ms
at 4s ask a: nothing
    lease_held       a  votes 2, needed 2, left 9050ms
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 3
  fence in 6050ms
  look again in 6050ms
