# Under a lease the old primary keeps it while it stops, and lets go in favour of the target once that has all; the
# target seeks it at short intervals, and promotes itself with it in hand.
cluster quorum=majority ttl=10s fence_margin=3s sync=off
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
agent a lease held term=3 votes=a,b,c
at 1s a switchover=s1:a:b:1:20s
at 1s b switchover=s1:a:b:1:20s
at 1s c switchover=s1:a:b:1:20s
at 1s ask a
at 1s agent a works switchover
at 1200ms a refused host=stopped
at 1200ms ask a
at 1300ms agent a hands over b
at 1300ms ask a
at 1300ms ask b
at 1400ms b handed=s1
at 1400ms ask b
at 1400ms ask c
----
