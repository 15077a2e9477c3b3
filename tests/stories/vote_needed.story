# A rebuild takes a voter away for a while. It waits while its vote is needed for a majority, and two that are to be
# rebuilt go one after the other, in the configuration's order.
cluster quorum=majority ttl=10s
  a primary 0/6000 tl=2 history 1@0/5000
  b standby 0/5001 tl=1 follows a waiting
  c standby 0/5001 tl=1 follows a waiting
  w witness
  v witness
at 0ms ask b
at 1999ms ask b
at 2s ask b
at 2s ask c
at 4s ask c
at 5s w refused
at 5s v refused
at 5s ask c
----
at 0ms ask b: nothing
    diverged     b  timeline 1, primary_timeline 2, lsn 0/5001
    vote_needed  b  others 4, needed 3
  holds no vote
  look again in 2s
at 1999ms ask b: nothing
    diverged     b  timeline 1, primary_timeline 2, lsn 0/5001
    vote_needed  b  others 4, needed 3
  holds no vote
  look again in 1ms
at 2s ask b: rejoin a
    diverged  b  timeline 1, primary_timeline 2, lsn 0/5001
  holds no vote
at 2s ask c: nothing
    diverged     c  timeline 1, primary_timeline 2, lsn 0/5001
    vote_needed  c  others 4, needed 3
  holds no vote
  look again in 2s
at 4s ask c: rejoin a
    diverged  c  timeline 1, primary_timeline 2, lsn 0/5001
  holds no vote
at 5s ask c: nothing
    diverged     c  timeline 1, primary_timeline 2, lsn 0/5001
    vote_needed  c  others 2, needed 3
  holds no vote
