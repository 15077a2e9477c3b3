# The primary's votes are young: c keeps its server up, for its vote is needed, and is cloned when it can be spared.
cluster quorum=majority ttl=10s
  a primary 0/5000 slot=pgcm_c:lost
  b standby 0/5000 follows a
  c standby 0/4000 follows a waiting
agent a lease held term=4 votes=a,c
at 0ms ask c
at 20s ask c
at 21s agent a lease held term=4 votes=a,b,c
at 22s ask c
at 40s ask c
----
at 0ms ask c: nothing
    not_streaming_yet  a  since 0s, lost_slot pgcm_c
  holds no vote
at 20s ask c: nothing
    not_streaming_yet  a  since 20s, lost_slot pgcm_c
    vote_needed        c  others 1, needed 2
  holds no vote
at 22s ask c: nothing
    not_streaming_yet  a  since 22s, lost_slot pgcm_c
    vote_needed        c  others 1, needed 2
  holds no vote
  look again in 13200ms
at 40s ask c: rejoin a 'wal_missing'
    not_streaming_yet  a  since 40s, lost_slot pgcm_c
  holds no vote
