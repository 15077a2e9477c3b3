# A rebuild takes a voter away for a while. It waits until the votes of the others are a majority without its own, and they
# are once the primary has held them for as long as they ripen. Two that are to be rebuilt go one after the other, in the
# configuration's order.
cluster quorum=majority ttl=3s
  a primary 0/6000 tl=2 history 1@0/5000
  b standby 0/5001 tl=1 follows a waiting
  c standby 0/5001 tl=1 follows a waiting
  w witness
  v witness
agent a lease held term=2 votes=a,b,c,w,v
at 0ms ask b
at 0ms ask c
at 3059ms ask b
at 3060ms ask b
at 3060ms ask c
at 4s ask c
at 5s w refused
at 5s v refused
at 5s ask c
at 6s w witness
at 6s agent a lease held term=2 votes=a,b,c,w
at 6s ask c
at 9059ms ask c
at 9060ms ask c
----
at 0ms ask b: nothing
    diverged     b  timeline 1, primary_timeline 2, lsn 0/5001
    vote_needed  b  others 0, needed 3
  holds no vote
  look again in 2s
at 0ms ask c: nothing
    diverged     c  timeline 1, primary_timeline 2, lsn 0/5001
    vote_needed  c  others 0, needed 3
  holds no vote
  look again in 4s
at 3059ms ask b: nothing
    diverged     b  timeline 1, primary_timeline 2, lsn 0/5001
    vote_needed  b  others 0, needed 3
  holds no vote
at 3060ms ask b: rejoin a
    diverged  b  timeline 1, primary_timeline 2, lsn 0/5001
  holds no vote
at 3060ms ask c: nothing
    diverged     c  timeline 1, primary_timeline 2, lsn 0/5001
    vote_needed  c  others 4, needed 3
  holds no vote
  look again in 940ms
at 4s ask c: rejoin a
    diverged  c  timeline 1, primary_timeline 2, lsn 0/5001
  holds no vote
at 5s ask c: nothing
    diverged     c  timeline 1, primary_timeline 2, lsn 0/5001
    vote_needed  c  others 2, needed 3
  holds no vote
at 6s ask c: nothing
    diverged     c  timeline 1, primary_timeline 2, lsn 0/5001
    vote_needed  c  others 2, needed 3
  holds no vote
at 9059ms ask c: nothing
    diverged     c  timeline 1, primary_timeline 2, lsn 0/5001
    vote_needed  c  others 2, needed 3
  holds no vote
at 9060ms ask c: rejoin a
    diverged  c  timeline 1, primary_timeline 2, lsn 0/5001
  holds no vote
