# As beside a promotion, by an agent that was not there when it came: a standby tells.
cluster quorum=majority ttl=10s sync=off
  a primary 0/5000
  b silent
  c standby 0/6000 tl=2
at 1s ask a
----
at 1s ask a: fence a
    older_than_last_seen  a  timeline 1, last_timeline 2
  holds no vote
  fence now
