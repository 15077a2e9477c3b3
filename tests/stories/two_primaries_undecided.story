# Equal timelines, and the size of one is not known yet: nobody gives way on a guess.
cluster conflict_after=10s
  a primary 0/9000 tl=2 size=10GB
  b primary 0/6000 tl=2
at 60s ask a
at 60s ask b
----
at 60s ask a: nothing
    conflict_undecided     keep timeline
    sync_right          a  names ''
at 60s ask b: nothing
    conflict_undecided     keep timeline
    sync_right          b  names ''
