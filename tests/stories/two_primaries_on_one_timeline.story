# Two standbys were promoted at once: timeline 2 twice (LESSONS 1). Then size decides, and then the configuration.
cluster conflict_after=10s
  a refused lineup=primary
  b primary 0/6000 tl=2 size=10GB
  c primary 0/6000 tl=2 size=11GB
at 12s ask b
at 12s ask c
at 13s b size=11GB
at 13s ask b
at 13s ask c
----
at 12s ask b: nothing
    conflict_wait     keeps c, left 1s
    sync_right     b  names ''
  look again in 1s
at 12s ask c: nothing
    conflict_keeps  c
    sync_right      c  names ''
at 13s ask b: nothing
    conflict_keeps  b
    sync_right      b  names ''
at 13s ask c: nothing
    conflict_wait     keeps b, left 3s
    sync_right     c  names ''
  look again in 3s
