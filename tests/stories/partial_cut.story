# b cannot reach a, but c still streams from it. The cut is b's own trouble: no election as long as c hears a.
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
at 3s cut a | b
at 14s ask b
at 14s ask c
at 14s alerts b
# When c loses it too and hears nothing any more, the way is free.
at 20s cut a | c
at 22s ask b
at 23s ask b
----
at 14s ask b: nothing
    primary_heard_by_standby  c  primary a, age 100ms
  look again in 2400ms
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    -  b
    -  c
at 14s ask c: nothing
    follows  a
at 14s alerts b: no_primary
    critical  no_primary
    warning   node_unreachable  a  reach silent, message 'timeout expired'
at 22s ask b: nothing
    primary_heard_by_standby  c  primary a, age 2100ms
  look again in 400ms
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    -  b
    -  c
at 23s ask b: promote b
    no_primary
    best_standby  b  timeline 1, lsn 0/5000
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/5000, best b, best_timeline 1, best_lsn 0/5000
