# a comes back while b and c are both primaries. Whom to follow is not decided yet.
  a refused lineup=primary
  b primary 0/6000 tl=2
  c primary 0/6000 tl=3
at 1s ask a
----
at 1s ask a: nothing
    many_primaries  count 2
