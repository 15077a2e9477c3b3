# The same, but all connection slots of the new primary are taken just now. a last knew itself as primary; still, who
# answers without letting it in may be the one that took over. It waits.
  a primary 0/5000
  b standby 0/5000 follows a
at 3s a silent
at 13s b primary 0/5100 tl=2 history 1@0/5080
at 50s b rejecting 53300
at 60s a refused
at 60s ask a
at 90s ask a
----
at 60s ask a: nothing
    another_primary_lives  b  sqlstate 53300, message 'sorry, too many clients already', since 0s
at 90s ask a: nothing
    another_primary_lives  b  sqlstate 53300, message 'sorry, too many clients already', since 30s
