# The primary's host dies without a word. Its votes end after ttl, and failover_after lets the standbys look; then the
# best one takes the locks, with a term above the one of the last promotion. They ripen, and it promotes. What the
# decision may still do is bounded by the lease that was in hand: "fence in".
cluster quorum=majority ttl=10s fence_margin=3s sync=off
  a primary 0/5000 tl=2 mark=m3:2:3
  b standby 0/5000 tl=2 mark=m3:2:3 follows a
  c standby 0/4F00 tl=2 mark=m3:2:3 follows a
agent a lease held term=3 votes=a,b,c
at 3s a silent
at 5s b vote=free
at 5s c vote=free
at 12s ask b
at 13s ask b
at 13s ask c
at 14s agent b lease ripens term=4 votes=b,c
at 15s ask b
at 24199ms ask b
at 24200ms ask b
at 24200ms agent b works promote
at 24300ms ask b
at 24400ms agent b rests
at 24400ms b primary 0/5000 tl=3 history 1@0/3000 history 2@0/5000 mark=m4:3:4
at 24500ms ask b
at 24500ms ask c
----
at 12s ask b: nothing
    failover_after_running  left 1s
  holds no vote
  look again in 1s
at 13s ask b: nothing
    no_primary
    best_standby  b  timeline 2, lsn 0/5000
    lease_sought     votes 0, needed 2
  seeks the lease above term 3
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 2, lsn 0/5000
    1  c  better_standby  timeline 2, lsn 0/4F00, best b, best_timeline 2, best_lsn 0/5000
at 13s ask c: nothing
    no_primary
    better_standby  c  timeline 2, lsn 0/4F00, best b, best_timeline 2, best_lsn 0/5000
  holds no vote
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 2, lsn 0/5000
    1  c  better_standby  timeline 2, lsn 0/4F00, best b, best_timeline 2, best_lsn 0/5000
at 15s ask b: nothing
    no_primary
    best_standby  b  timeline 2, lsn 0/5000
    lease_ripens     votes 2, needed 2
  seeks the lease above term 4
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 2, lsn 0/5000
    1  c  better_standby  timeline 2, lsn 0/4F00, best b, best_timeline 2, best_lsn 0/5000
at 24199ms ask b: nothing
    no_primary
    best_standby  b  timeline 2, lsn 0/5000
    lease_ripens     votes 2, needed 2
  seeks the lease above term 4
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 2, lsn 0/5000
    1  c  better_standby  timeline 2, lsn 0/4F00, best b, best_timeline 2, best_lsn 0/5000
at 24200ms ask b: promote b
    no_primary
    best_standby  b  timeline 2, lsn 0/5000
  seeks the lease above term 4
  fence in 7s
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 2, lsn 0/5000
    1  c  better_standby  timeline 2, lsn 0/4F00, best b, best_timeline 2, best_lsn 0/5000
at 24300ms ask b: nothing
    operation_running  b  operation promote
  keeps the lease above term 4
  fence in 7s
at 24500ms ask b: nothing
    lease_held       b  votes 2, needed 2, left 10s
    primary_healthy  b
    sync_right       b  names ''
  keeps the lease above term 4
  fence in 7s
  look again in 7s
at 24500ms ask c: follow b
    follows_wrong_node  c  from a:5432, to b
  holds no vote
