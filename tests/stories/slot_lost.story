# b was away for longer than its slot kept WAL. It points at the primary and gets nothing, and never will: after
# follow_check_after it is cloned; but what was seen of the slots before it began to wait tells nothing. c's slot was
# dropped by somebody, d's is there: they follow anew, which has a slot made.
  a primary 0/5000 slot=pgcm_b:lost slot=backup_x:lost slot=pgcm_d:1kB
  b standby 0/4000 follows a waiting
  c standby 0/4000 follows a waiting
  d standby 0/4000 follows a waiting
at 1s ask b
at 14999ms ask b
at 14999ms ask c
at 16s ask b
at 16s ask c
at 16s ask d
at 17s b standby 0/5000 follows a
at 17s ask b
at 40s b standby 0/5000 follows a waiting
at 40s a slot=pgcm_b:lost inventory_age=20s
at 57s ask b
at 58s a slot=pgcm_b:lost inventory_age=5s
at 58s ask b
----
at 1s ask b: nothing
    not_streaming_yet  a  since 1s, lost_slot pgcm_b
at 14999ms ask b: nothing
    not_streaming_yet  a  since 14999ms, lost_slot pgcm_b
at 14999ms ask c: nothing
    not_streaming_yet  a  since 14999ms
at 16s ask b: rejoin a 'wal_missing'
    not_streaming_yet  a  since 16s, lost_slot pgcm_b
at 16s ask c: follow a
    not_streaming_yet  a  since 16s
at 16s ask d: follow a
    not_streaming_yet  a  since 16s
at 17s ask b: nothing
    follows  a
at 57s ask b: follow a
    not_streaming_yet  a  since 17s
at 58s ask b: rejoin a 'wal_missing'
    not_streaming_yet  a  since 18s, lost_slot pgcm_b
