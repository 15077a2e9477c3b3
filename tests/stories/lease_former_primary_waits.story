# A former primary comes back and nobody is in view: without the lease it is not started as a primary, however long it
# waits, but as a standby without an upstream. Beside a primary it rejoins.
cluster quorum=majority ttl=10s
  a refused lineup=primary
  b silent
  c silent
at 1s ask a
at 100s ask a
at 101s b primary 0/6000 tl=2 history 1@0/5000
at 101s b vote=b:4
at 102s ask a
----
at 1s ask a: start_as_standby a
    waits_as_standby  a
  holds no vote
at 100s ask a: start_as_standby a
    waits_as_standby  a
  holds no vote
at 102s ask a: rejoin b
    former_primary_rejoins  a  primary b
  holds no vote
