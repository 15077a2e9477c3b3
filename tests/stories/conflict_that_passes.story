# Two primaries for a moment, then again later: the second time has a conflict_after of its own.
cluster conflict_after=10s
  a primary 0/9000 tl=1 size=1GB
  b primary 0/6000 tl=2 size=1GB
at 5s b refused
at 20s b primary 0/6000
at 29s ask a
at 30s ask a
----
at 29s ask a: nothing
    conflict_wait     keeps b, left 1s
    sync_right     a  names ''
  look again in 1s
at 30s ask a: rejoin b
    conflict_loses  a  keeps b
