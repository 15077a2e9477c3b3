# The old primary a was started by hand when b, of timeline 2, was gone; c saw timeline 2. It does not follow a, and it
# does not throw its newer WAL away.
  a primary 0/5000
  b silent
  c standby 0/6000 tl=2 follows b waiting
at 5s ask c
at 5s alerts c
----
at 5s ask c: nothing
    diverged  c  timeline 2, primary_timeline 1, lsn 0/6000
at 5s alerts c: degraded
    critical  diverged          c  timeline 2, primary_timeline 1, lsn 0/6000
    warning   sync_degraded     a  streaming 0, wanted 1, names ''
    warning   node_unreachable  b  reach silent, message 'timeout expired'
