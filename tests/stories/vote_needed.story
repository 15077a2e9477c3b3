# A rebuild takes a voter away for a while. It waits until the votes of the others are a majority without its own, and they
# are once the primary has held them for as long as they ripen. Two that are to be rebuilt go one after the other, in the
# configuration's order, from that moment on. Until then they point nowhere: whoever is rebuilt first could have another
# history of their timeline afterwards, and nothing would keep it out.
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
at 5060ms ask b
at 5060ms ask c
at 7060ms ask c
at 8s w refused
at 8s v refused
at 8s ask c
at 9s w witness
at 9s agent a lease held term=2 votes=a,b,c,w
at 9s ask c
at 10s c detached
at 10s ask c
at 16059ms ask c
at 16060ms ask c
----
at 0ms ask b: detach b
    diverged     b  timeline 1, primary_timeline 2, lsn 0/5001
    vote_needed  b  others 0, needed 3
  holds no vote
  look again in 5060ms
at 0ms ask c: detach c
    diverged     c  timeline 1, primary_timeline 2, lsn 0/5001
    vote_needed  c  others 0, needed 3
  holds no vote
  look again in 7060ms
at 3059ms ask b: detach b
    diverged     b  timeline 1, primary_timeline 2, lsn 0/5001
    vote_needed  b  others 0, needed 3
  holds no vote
  look again in 2001ms
at 3060ms ask b: detach b
    diverged     b  timeline 1, primary_timeline 2, lsn 0/5001
    vote_needed  b  others 4, needed 3
  holds no vote
  look again in 2s
at 5060ms ask b: rejoin a
    diverged  b  timeline 1, primary_timeline 2, lsn 0/5001
  holds no vote
at 5060ms ask c: detach c
    diverged     c  timeline 1, primary_timeline 2, lsn 0/5001
    vote_needed  c  others 4, needed 3
  holds no vote
  look again in 2s
at 7060ms ask c: rejoin a
    diverged  c  timeline 1, primary_timeline 2, lsn 0/5001
  holds no vote
at 8s ask c: detach c
    diverged     c  timeline 1, primary_timeline 2, lsn 0/5001
    vote_needed  c  others 2, needed 3
  holds no vote
at 9s ask c: detach c
    diverged     c  timeline 1, primary_timeline 2, lsn 0/5001
    vote_needed  c  others 2, needed 3
  holds no vote
  look again in 7060ms
at 10s ask c: nothing
    diverged     c  timeline 1, primary_timeline 2, lsn 0/5001
    vote_needed  c  others 2, needed 3
  holds no vote
  look again in 6060ms
at 16059ms ask c: nothing
    diverged     c  timeline 1, primary_timeline 2, lsn 0/5001
    vote_needed  c  others 3, needed 3
  holds no vote
  look again in 1ms
at 16060ms ask c: rejoin a
    diverged  c  timeline 1, primary_timeline 2, lsn 0/5001
  holds no vote
