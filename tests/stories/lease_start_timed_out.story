# A primary that hangs in its recovery under a living agent would keep the cluster without a primary for as long as
# that agent renews: after primary_start_timeout it is fenced, counted anew from each start. One that is only full is
# alive and stays, unless its disk hangs: then it is the looks themselves that hang in it and fill it.
cluster quorum=majority ttl=10s primary_start_timeout=30s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
agent a lease held term=3 votes=a,b,c
at 3s a rejecting 57P03
at 32999ms ask a
at 33s ask a
at 33s agent a started
at 62999ms ask a
at 63s ask a
at 64s a rejecting 53300
at 120s ask a
at 120s a disk=stalled
at 120s ask a
at 120s a disk=ok
at 121s a primary 0/5000
at 122s a stalled
at 151999ms ask a
at 152s ask a
----
at 32999ms ask a: nothing
    lease_held          a  votes 2, needed 2, left 10s
    local_process_runs  a  reach rejecting, message 'the database system is starting up'
  keeps the lease above term 3
  fence in 7s
  look again in 7s
at 33s ask a: fence a
    start_timed_out  a
  holds no vote
  fence now
at 62999ms ask a: nothing
    lease_held          a  votes 2, needed 2, left 10s
    local_process_runs  a  reach rejecting, message 'the database system is starting up'
  keeps the lease above term 3
  fence in 7s
  look again in 7s
at 63s ask a: fence a
    start_timed_out  a
  holds no vote
  fence now
at 120s ask a: nothing
    lease_held       a  votes 2, needed 2, left 10s
    start_timed_out  a  reach rejecting, message 'sorry, too many clients already'
  keeps the lease above term 3
  fence in 7s
  look again in 7s
at 120s ask a: fence a
    start_timed_out  a
  holds no vote
  fence now
at 151999ms ask a: nothing
    lease_held          a  votes 2, needed 2, left 10s
    local_process_runs  a  reach stalled, message 'no answer within the deadline'
  keeps the lease above term 3
  fence in 7s
  look again in 7s
at 152s ask a: fence a
    start_timed_out  a
  holds no vote
  fence now
