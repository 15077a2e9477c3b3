# Where the voters may be slow, that time ends before the votes of another node can ripen.
cluster quorum=majority ttl=3s fence_margin=500ms scan_period=1s probe_timeout=1200ms sync=off
  a primary 0/5000
  b silent
  c silent
at 1s ask a
at 2499ms ask a
at 2500ms ask a
----
at 1s ask a: nothing
    lease_sought        votes 0, needed 2, left 1500ms
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 0
  fence in 1500ms
  look again in 1500ms
at 2499ms ask a: nothing
    lease_sought        votes 0, needed 2, left 1ms
    primary_healthy  a
    sync_right       a  names ''
  keeps the lease above term 0
  fence in 1ms
  look again in 1ms
at 2500ms ask a: fence a
    lease_never_held  a  votes 0, needed 2
  holds no vote
  fence now
