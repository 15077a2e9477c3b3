# keep = "largest", as the seed does: the biggest database stays, whatever its timeline.
# The sizes were measured at different moments, so the two give way one after the other: first a's turn, then b's.
cluster keep=largest conflict_after=10s
  a primary 0/9000 tl=1 size=90GB
  b primary 0/6000 tl=2 size=10GB
at 12s ask a
at 12s ask b
at 14s ask b
----
at 12s ask a: nothing
    conflict_keeps  a
    sync_right      a  names ''
at 12s ask b: nothing
    conflict_wait     keeps a, left 1s
    sync_right     b  names ''
  look again in 1s
at 14s ask b: rejoin a
    conflict_loses  b  keeps a
