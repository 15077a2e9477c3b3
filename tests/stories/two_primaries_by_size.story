# keep = "largest", as the seed does: the biggest database stays, whatever its timeline.
cluster keep=largest conflict_after=10s
  a primary 0/9000 tl=1 size=90GB
  b primary 0/6000 tl=2 size=10GB
at 12s ask a
at 12s ask b
----
at 12s ask a: nothing
    conflict_keeps  a
    sync_right      a  names ''
at 12s ask b: rejoin a
    conflict_loses  b  keeps a
