# a was down while b took over. It cannot see b, but b was the last primary that its agent saw, and c hears it.
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
at 3s a refused
at 13s b primary 0/5100 history 1@0/5080
at 14s c standby 0/5100 follows b
at 20s cut a | b
at 30s ask a
----
at 30s ask a: nothing
    another_primary_lives  c  primary b, age 100ms
  look again in 2400ms
