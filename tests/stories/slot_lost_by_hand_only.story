# managed = false: the clone that b needs stops its server. That is somebody else's business.
cluster managed=false
  a primary 0/5000 slot=pgcm_b:lost
  b standby 0/4000 follows a waiting
at 1s ask b
at 20s ask b
----
at 1s ask b: nothing
    not_streaming_yet  a  since 1s, lost_slot pgcm_b
at 20s ask b: nothing
    not_streaming_yet  a  since 20s, lost_slot pgcm_b
