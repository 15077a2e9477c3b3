# c was off while a failed and b took over on timeline 2; its agent saw that before it went off again. Now everything
# else is gone and c comes back alone: it remembers timeline 2 and does not elect itself (LESSONS 4).
  a refused lineup=primary
  b primary 0/6000 tl=2 history 1@0/5000
  c standby 0/5000 tl=1 follows a waiting
at 5s c silent
at 6s b silent
at 60s c standby 0/5000
at 60s a silent
at 80s ask c
at 80s elect c
----
at 80s ask c: nothing
    no_primary
    older_than_last_seen  c  timeline 1, last_timeline 2
  candidates
    -  a  not_accepting         reach silent, message 'timeout expired'
    -  b  not_accepting         reach silent, message 'timeout expired'
    -  c  older_than_last_seen  timeline 1, last_timeline 2
at 80s elect c: nobody
    no_primary
  candidates
    -  a  not_accepting         reach silent, message 'timeout expired'
    -  b  not_accepting         reach silent, message 'timeout expired'
    -  c  older_than_last_seen  timeline 1, last_timeline 2
