# A server that is full lets nobody in long before it dies. Its death is younger than the last look that found it alive,
# and the renewal is to be younger than that.
cluster quorum=majority ttl=10s sync=off
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
agent a lease held term=3 votes=a,b,c
at 1s ask a
at 3s a rejecting 53300
at 3s ask a
at 8s agent a lease until=17s
at 8s ask a
at 8100ms a refused
at 8100ms ask a
at 8200ms agent a lease until=18150ms
at 8200ms ask a
----
at 1s ask a: nothing
    lease_held       a  votes 3, needed 2, left 10s
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 3
  fence in 7s
  look again in 7s
at 3s ask a: nothing
    lease_held          a  votes 2, needed 2, left 10s
    local_process_runs  a  reach rejecting, message 'sorry, too many clients already'
  keeps the lease above term 3
  fence in 7s
  look again in 7s
at 8s ask a: nothing
    lease_held          a  votes 2, needed 2, left 9s
    local_process_runs  a  reach rejecting, message 'sorry, too many clients already'
  keeps the lease above term 3
  fence in 6s
  look again in 6s
at 8100ms ask a: nothing
    lease_renewed_first  a
  keeps the lease above term 3
  fence in 5900ms
  look again in 50ms
at 8200ms ask a: start a
    start_primary  a
  keeps the lease above term 3
  fence in 6950ms
