# keep = "manual": reported, and nothing more, for ever.
cluster keep=manual
  a primary 0/9000 tl=1
  b primary 0/6000 tl=2
at 10m ask a
----
at 10m ask a: nothing
    conflict_manual
    sync_right       a  names ''
