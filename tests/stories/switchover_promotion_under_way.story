# The agent of the old primary is killed after it gave its word, and the target's promotion takes its time: the next
# agent knows nothing of that, but sees the session that promotes. Nobody is started or promoted beside it, whether the
# word still stands or not.
cluster sync=off
  a primary 0/5000 switchover=s1:a:b:1:20s
  b standby 0/5000 follows a switchover=s1:a:b:1:20s
  c standby 0/5000 follows a switchover=s1:a:b:1:20s
at 1s agent a works switchover
at 1s a refused
at 1s b standby 0/5000 handed=s1 promoting=s1
at 2s agent a restarts
at 2s ask a
at 15s ask c
at 16s b standby 0/5000 handed=none promoting=s1
at 16s agent a restarts
at 16s ask a
at 30s b standby 0/5000 handed=none
at 30s ask a
at 40s ask c
at 60s b primary 0/5001 tl=2 history 1@0/5000
at 60s ask a
----
at 2s ask a: nothing
    another_primary_lives  b
at 15s ask c: nothing
    promotion_under_way  b
  candidates
    -  a  not_accepting  reach refused, message 'Connection refused'
    -  b
    -  c
at 16s ask a: nothing
    another_primary_lives  b
at 30s ask a: nothing
    hand_over_after_crash  to b, left 56s
  look again in 56s
at 40s ask c: nothing
    no_primary
    better_standby  c  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
  candidates
    -  a  not_accepting   reach refused, message 'Connection refused'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
at 60s ask a: rejoin b
    former_primary_rejoins  a  primary b
