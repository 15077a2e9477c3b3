# b was primary on timeline 2 and died; somebody started the old a by hand. b's data is the newer one. Rewinding it to
# a would throw away what the cluster acknowledged last: that is for a person.
  a primary 0/5000
  b standby 0/5000 follows a
at 3s a silent
at 13s b primary 0/6000 tl=2 history 1@0/5000
at 20s b refused
at 20s a primary 0/5000
at 21s ask b
----
at 21s ask b: nothing
    diverged  b  timeline 2, primary_timeline 1
