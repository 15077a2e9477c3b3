# c saw b on timeline 2. Then b is gone and somebody starts the old a by hand; c sees it for a while, and a dies again.
# What c knows of timeline 2 is not unlearnt from an older primary: c, on timeline 1, still does not elect itself.
  a refused lineup=primary
  b primary 0/6000 tl=2 history 1@0/5000
  c standby 0/5000 tl=1 follows b waiting
at 5s b silent
at 6s a primary 0/5000
at 8s a refused
at 30s ask c
----
at 30s ask c: nothing
    no_primary
    older_than_last_seen  c  timeline 1, last_timeline 2
  candidates
    -  a  not_accepting         reach refused, message 'Connection refused'
    -  b  not_accepting         reach silent, message 'timeout expired'
    -  c  older_than_last_seen  timeline 1, last_timeline 2
