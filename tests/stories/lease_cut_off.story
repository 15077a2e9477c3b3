# A primary cut off from both standbys may not go on writing: its votes cannot be renewed, and 3 s before they end it
# is fenced. An agent that looks late fences at once. Down for certain, it comes back as a standby that waits; healed,
# it follows the new primary. If it leads again one day, the fence is forgotten.
cluster quorum=majority ttl=10s fence_margin=3s sync=off
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/4F00 follows a
agent a lease held term=3 votes=a,b,c
at 2s ask a
at 3s cut a | b c
at 8s ask a
at 8999ms ask a
at 9s ask a
at 14s ask a
at 14s agent a fences
at 15s ask a
at 16s a refused
at 16s ask a
at 17s a standby 0/5000
at 18s ask a
at 18s b primary 0/6000 tl=2 history 1@0/5000
at 19s heal
at 19s agent b lease held term=4 votes=b,c
at 20s ask a
at 30s b refused
at 30s a primary 0/7000 tl=3
at 30s agent a lease held term=5 votes=a,c
at 31s ask a
----
at 2s ask a: nothing
    lease_held       a  votes 3, needed 2, left 10s
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 3
  fence in 7s
  look again in 7s
at 8s ask a: nothing
    lease_held       a  votes 1, needed 2, left 4s
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 3
  fence in 1s
  look again in 1s
at 8999ms ask a: nothing
    lease_held       a  votes 1, needed 2, left 3001ms
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 3
  fence in 1ms
  look again in 1ms
at 9s ask a: fence a
    lease_expires  a  left 3s
  holds no vote
  fence now
at 14s ask a: fence a
    lease_expires  a  left -2s
  holds no vote
  fence since 5s
at 15s ask a: fence a
    lease_expires  a
  holds no vote
  fence since 6s
at 16s ask a: start_as_standby a
    waits_as_standby  a
  holds no vote
at 18s ask a: nothing
    failover_after_running  left 8s
  holds no vote
  look again in 8s
at 20s ask a: follow b
    follows_wrong_node  a  to b
  holds no vote
at 31s ask a: nothing
    lease_held       a  votes 2, needed 2, left 10s
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 5
  fence in 7s
  look again in 7s
