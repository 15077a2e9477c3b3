# The switchover went well, and the new primary was not seen yet: the old one is not started beside it. Without votes that
# holds for long, for a promotion may take its time.
cluster sync=off
  a primary 0/5000 switchover=s1:a:b:1:20s
  b standby 0/5000 follows a switchover=s1:a:b:1:20s
at 1s agent a works switchover
at 1s a refused
at 1500ms agent a rests
at 1500ms agent a knows tried=s1:
at 1500ms ask a
at 3s b primary 0/5001 tl=2 history 1@0/5000
at 3s ask a
----
at 1500ms ask a: nothing
    hand_over_after_crash  left 70s
  look again in 70s
at 3s ask a: rejoin b
    former_primary_rejoins  a  primary b
