# managed = false: a diverged standby cannot be rebuilt without stopping it. Said, not done.
cluster managed=false
  b primary 0/6000 tl=2 history 1@0/5000
  c standby 0/5001 tl=1 follows b waiting
at 1s ask c
----
at 1s ask c: nothing
    diverged  c  timeline 1, primary_timeline 2, lsn 0/5001
