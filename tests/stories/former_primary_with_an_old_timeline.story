# a reboots alone among standbys that are a timeline further. As long as c heard b a moment ago, b may still live; then
# a starts, but as a standby: whatever it holds is not the cluster's latest, and the election shall choose.
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
at 3s a silent
at 13s b primary 0/5100 tl=2 history 1@0/5080
at 14s c standby 0/5100 tl=2 follows b
at 40s b silent
at 41s a refused
at 41s ask a
at 43s ask a
at 57s ask a
----
at 41s ask a: nothing
    another_primary_lives  c  primary b, age 1100ms
  look again in 1400ms
at 43s ask a: nothing
    older_than_last_seen  timeline 1, last_timeline 2, left 13s
  look again in 13s
at 57s ask a: start_as_standby a
    older_than_last_seen  a  timeline 1, last_timeline 2
