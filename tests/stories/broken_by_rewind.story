# A pg_rewind died in b's data directory. It is never started; it is rebuilt when there is one primary to build it from.
  a primary 0/5000
  b refused lineup=primary rewinding
at 1s ask b
at 3s a refused
at 3s ask b
----
at 1s ask b: rejoin a
    broken_by_rewind  b
at 3s ask b: nothing
    broken_by_rewind  b
