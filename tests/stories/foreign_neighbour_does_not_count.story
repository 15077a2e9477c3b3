# A node of another cluster answers under c's address, on timeline 7. It makes nobody's data old.
  a primary 0/5000
  b refused lineup=standby
  c standby 0/5000 tl=7 system=42
at 3s a refused
at 3s ask a
----
at 3s ask a: start a
    start_primary  a
