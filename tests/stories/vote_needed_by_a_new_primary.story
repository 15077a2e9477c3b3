# What the last primary held is nothing that the new one holds.
cluster quorum=majority ttl=3s
  a primary 0/6000 tl=2 history 1@0/5000
  b standby 0/6000 tl=2 follows a
  c standby 0/5001 tl=1 follows a waiting
  w witness
  v witness
agent a lease held term=2 votes=a,b,w,v
at 0ms ask c
at 9s a refused
at 9s b primary 0/6001 tl=3 history 1@0/5000 history 2@0/6000
at 9s agent b lease held term=3 votes=b,w,v
at 9s ask c
at 16s ask c
at 16060ms ask c
----
at 0ms ask c: detach c
    diverged     c  timeline 1, primary_timeline 2, lsn 0/5001
    vote_needed  c  others 0, needed 3
  holds no vote
  look again in 7060ms
at 9s ask c: detach c
    diverged     c  timeline 1, primary_timeline 3, lsn 0/5001
    vote_needed  c  others 0, needed 3
  holds no vote
  look again in 7060ms
at 16s ask c: detach c
    diverged     c  timeline 1, primary_timeline 3, lsn 0/5001
    vote_needed  c  others 3, needed 3
  holds no vote
  look again in 60ms
at 16060ms ask c: rejoin b
    diverged  c  timeline 1, primary_timeline 3, lsn 0/5001
  holds no vote
