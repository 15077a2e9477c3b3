# The follow failed a moment ago; it is tried again when its pause is over.
  a primary 0/5000
  b standby 0/5000 follows elsewhere waiting
at 1s agent b retries follow=5s
at 4s ask b
at 5s ask b
----
at 4s ask b: nothing
    follows_wrong_node  b  from elsewhere:5432, to a
    retry_later            action follow, left 1s
  look again in 1s
at 5s ask b: follow a
    follows_wrong_node  b  from elsewhere:5432, to a
