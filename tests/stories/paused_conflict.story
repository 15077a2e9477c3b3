# Two primaries under a pause: nobody gives way before somebody resumes.
cluster conflict_after=2s keep=timeline
  a primary 0/5000 tl=1 pause=alice:1s
  b standby 0/5000 tl=1 follows a pause=alice:1s
at 2s b primary 0/6000 tl=2 history 1@0/5000
at 9s ask a
at 9s ask b
----
at 9s ask a: nothing
    paused         by alice, since 8s, why maintenance
    sync_right  a  names ''
at 9s ask b: nothing
    paused         by alice, since 8s, why maintenance
    sync_right  b  names ''
