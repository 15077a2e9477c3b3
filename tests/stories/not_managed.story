# managed = false: starting and stopping is somebody else's business (systemd, Kubernetes). Nothing that needs a stop is
# tried, in a conflict neither.
cluster managed=false conflict_after=35s
  a primary 0/5000 size=1GB
  b standby 0/5000 follows a
at 3s a refused
at 3s ask a
at 20s a primary 0/5000
at 20s b primary 0/5100 tl=2 size=1GB
at 60s ask a
----
at 3s ask a: nothing
    not_managed  a
at 60s ask a: nothing
    conflict_loses  a  keeps b
    not_managed     a
    sync_right      a  names ''
