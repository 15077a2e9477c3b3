# An old primary was started by hand while the new one is out of view. A standby of the new one tells of the promotion,
# and so does what the agent remembers. There is no grace for it: what the new one acknowledged is not here, whoever
# votes.
cluster quorum=majority ttl=10s sync=off
  a refused
  b primary 0/6000 tl=2
  c standby 0/6000 tl=2 follows b
at 1s ask a
at 2s a primary 0/5000
at 2s b silent
at 2s c silent
at 2s ask a
----
at 1s ask a: nothing
    local_unknown  a  message ''
  holds no vote
at 2s ask a: fence a
    older_than_last_seen  a  timeline 1, last_timeline 2
  holds no vote
  fence now
