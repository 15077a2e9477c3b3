# c replayed WAL of timeline 1 beyond the point where b left it. It can never follow as it is: it is rebuilt.
  b primary 0/6000 tl=2 history 1@0/5000
  c standby 0/5001 tl=1 follows b waiting
  d standby 0/5000 tl=1 follows b waiting
at 1s ask c
at 1s ask d
at 1s alerts
----
at 1s ask c: rejoin b
    diverged  c  timeline 1, primary_timeline 2, lsn 0/5001
at 1s ask d: nothing
    not_streaming_yet  b  since 1s
at 1s alerts: degraded
    critical  diverged       c  timeline 1, primary_timeline 2, lsn 0/5001
    warning   sync_degraded  b  streaming 0, wanted 1, names ''
    warning   not_following  d  upstream b:5432
