# The old primary comes back by hand. The newer timeline stays, however big the old one is; the old one gives way after
# conflict_after, and the standby waits until one is left.
cluster conflict_after=35s
  a primary 0/9000 tl=1 size=90GB
  b primary 0/6000 tl=2 size=10GB history 1@0/5000
  c standby 0/6000 tl=2 follows b
at 1s ask b
at 1s ask c
at 1s elect
at 1s alerts
at 34999ms ask a
at 35s ask a
at 35s ask b
----
at 1s ask b: set_sync_names b '*'
    conflict_keeps  b
    sync_changes    b  from '', to '*'
at 1s ask c: nothing
    many_primaries  count 2
at 1s elect: nobody
    many_primaries  count 2
  candidates
    -  a  not_standby  role primary
    -  b  not_standby  role primary
    -  c
at 1s alerts: many_primaries
    critical  many_primaries     names 'a, b'
    warning   sync_degraded   a  streaming 0, wanted 1, names ''
    warning   sync_degraded   b  streaming 1, wanted 1, names ''
at 34999ms ask a: nothing
    conflict_wait     keeps b, left 1ms
    sync_right     a  names ''
  look again in 1ms
at 35s ask a: rejoin b
    conflict_loses  a  keeps b
at 35s ask b: set_sync_names b '*'
    conflict_keeps  b
    sync_changes    b  from '', to '*'
