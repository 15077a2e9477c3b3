# The host of a reboots after b took over. Its server is down, its data directory says primary: it looks at the others
# first, and rejoins as a standby (LESSONS 6).
  a primary 0/5000
  b standby 0/5000 follows a
at 3s a silent
at 13s b primary 0/5100 tl=2 history 1@0/5080
at 60s a refused
at 60s ask a
at 60s ask a unseen b
at 60s ask b
----
at 60s ask a: rejoin b
    former_primary_rejoins  a  primary b
at 60s ask a unseen b: nothing
    observation_stale  b
at 60s ask b: nothing
    primary_healthy  b
    sync_right       b  names ''
