# The primary's host loses power: nothing refuses, everything is silent. The standbys' walreceivers still believe in
# their streams, but they have heard nothing for longer than 2.5 scan periods, so they are no witnesses of its life.
cluster failover_after=1s
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
at 3s a silent
at 4s ask b
at 5300ms ask b
at 5400ms ask b
----
at 4s ask b: nothing
    primary_heard_by_standby  b  primary a, age 1100ms
  look again in 1400ms
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    -  b
    -  c
at 5300ms ask b: nothing
    primary_heard_by_standby  b  primary a, age 2400ms
  look again in 100ms
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    -  b
    -  c
at 5400ms ask b: promote b
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
