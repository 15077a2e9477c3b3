# Two promotions began the same timeline 2. c comes from the other one: it is rebuilt beside the primary, when its vote
# can be spared, and is not elected. d has not replayed its timeline's mark yet: that tells nothing.
cluster quorum=majority ttl=10s
  a primary 0/6000 tl=2 mark=m1:2:4
  b standby 0/5F00 tl=2 mark=m1:2:4 follows a
  c standby 0/6000 tl=2 mark=m2:2:5 follows a waiting
  d standby 0/5F00 tl=2 mark=m0:1:1 follows a
agent a lease held term=4 votes=a,b,c,d
at 0ms ask c
at 10199ms ask c
at 10200ms ask c
at 14200ms ask c
at 15s a silent
at 25s agent a lease none
at 25s ask b
----
at 0ms ask c: detach c
    diverged     c  timeline 2, primary_timeline 2, lsn 0/6000
    vote_needed  c  others 0, needed 3
  holds no vote
  look again in 14200ms
at 10199ms ask c: detach c
    diverged     c  timeline 2, primary_timeline 2, lsn 0/6000
    vote_needed  c  others 0, needed 3
  holds no vote
  look again in 4001ms
at 10200ms ask c: detach c
    diverged     c  timeline 2, primary_timeline 2, lsn 0/6000
    vote_needed  c  others 3, needed 3
  holds no vote
  look again in 4s
at 14200ms ask c: rejoin a
    diverged  c  timeline 2, primary_timeline 2, lsn 0/6000
  holds no vote
at 25s ask b: nothing
    no_primary
    best_standby  b  timeline 2, lsn 0/5F00
    lease_sought     votes 0, needed 3
  seeks the lease above term 5
  candidates
    -  a  not_accepting   reach silent, message 'timeout expired'
    0  b  best_standby    timeline 2, lsn 0/5F00
    -  c  other_mark      timeline 2
    1  d  better_standby  timeline 2, lsn 0/5F00, best b, best_timeline 2, best_lsn 0/5F00
