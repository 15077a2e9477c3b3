# Without pg_monitor nobody can read where b points. It does not stream, but to order follow at every turn would help
# nobody: the alert names the grant.
  a primary 0/5000
  b standby 0/5000 missing=primary_conninfo:pg_monitor
at 2s ask b
at 2s alerts b
at 40s ask b
----
at 2s ask b: nothing
    not_streaming_yet  a  since 2s
at 2s alerts b: degraded
    warning  sync_degraded  a  streaming 0, wanted 1, names ''
    warning  not_following  b
    notice   missing_grant  b  fields primary_conninfo, grant pg_monitor
at 40s ask b: nothing
    not_streaming_yet  a  since 40s
