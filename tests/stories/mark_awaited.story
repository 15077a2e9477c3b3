# Two promotions began timeline 2, and the one that is primary now has not left its mark yet: b, which has the other one's,
# does not follow before it knows. A mark that never comes is another history too.
cluster quorum=majority ttl=3s follow_check_after=10s
  a primary 0/6000 tl=2 mark=m0:1:1
  b standby 0/6000 tl=2 mark=m1:2:4 detached
  c standby 0/5F00 tl=2 follows a
agent a lease held term=5 votes=a,c
at 0ms ask b
at 4s ask b
at 9999ms ask b
at 10s ask b
at 11s a mark=m1:2:4
at 11s ask b
at 11s ask c
----
at 0ms ask b: nothing
    mark_awaited  a  timeline 2
  holds no vote
  look again in 50ms
at 4s ask b: nothing
    mark_awaited  a  timeline 2
  holds no vote
  look again in 50ms
at 9999ms ask b: nothing
    mark_awaited  a  timeline 2
  holds no vote
  look again in 50ms
at 10s ask b: rejoin a
    diverged  b  timeline 2, primary_timeline 2, lsn 0/6000
  holds no vote
at 11s ask b: follow a
    follows_wrong_node  b  to a
  holds no vote
at 11s ask c: nothing
    follows  a
  holds no vote
