# Under a pause a standby that follows the wrong node is left alone, and so is one that is down; what a promotion waits
# for is still cared for.
  a primary 0/5000 pause=alice:1s
  c standby 0/5000 follows a pause=alice:1s
  b standby 0/5000 follows c retry=5s pause=alice:1s
at 2s ask b
at 3s c refused
at 4s ask c
----
at 2s ask b: set_retry_interval b '100ms'
    paused                  by alice, since 1s, why maintenance
    retry_interval_high  b  from 5s, to 100ms
at 4s ask c: nothing
    paused  by alice, since 3s, why maintenance
