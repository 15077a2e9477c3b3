# An agent was killed while it rejoined its node. As long as the data directory was to be replaced, or was half-made,
# whatever the server there says it is not elected; once all that was left was to see it stream, it may be.
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/4F00 follows a
at 1s agent b rebuilds pg_rewind
at 2s a refused
at 5s elect b
at 5s promote b
at 6s agent b rebuilds prove_streaming
at 6s elect b
at 7s agent b rebuilds failed
at 7s elect b
----
at 5s elect b: c
    no_primary
  candidates
    -  a  not_accepting         reach refused, message 'Connection refused'
    -  b  operation_unfinished  operation rejoin, step pg_rewind, attempts 1
    0  c  only_standby          timeline 1, lsn 0/4F00
at 5s promote b: not without force
    operation_unfinished  b  operation rejoin, step pg_rewind, attempts 1
at 6s elect b: b
    no_primary
  candidates
    -  a  not_accepting   reach refused, message 'Connection refused'
    0  b  best_standby    timeline 1, lsn 0/5000
    1  c  better_standby  timeline 1, lsn 0/4F00, best b, best_timeline 1, best_lsn 0/5000
at 7s elect b: c
    no_primary
  candidates
    -  a  not_accepting         reach refused, message 'Connection refused'
    -  b  operation_unfinished  operation rejoin, step failed, attempts 1
    0  c  only_standby          timeline 1, lsn 0/4F00
