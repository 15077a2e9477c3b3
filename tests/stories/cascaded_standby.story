# c streams from the standby b. All standbys follow the one primary, so it is turned to a.
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows b
at 5s ask c
----
at 5s ask c: follow a
    follows_wrong_node  c  from b:5432, to a
