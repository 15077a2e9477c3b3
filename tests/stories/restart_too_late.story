# The restart in place did not work out, and in a moment the others elect. A primary that comes up now could be a
# second one: from here on it is left to them.
cluster failover_after=10s scan_period=1s probe_timeout=1s
  a primary 0/5000
  b standby 0/5000 follows a
at 3s a refused
at 9999ms ask a
at 10s ask a
----
at 9999ms ask a: start a
    start_primary  a
at 10s ask a: nothing
    hand_over_after_crash  to b, left 63s
  look again in 63s
