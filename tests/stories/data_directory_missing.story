# The data directory is empty: perhaps its disk is not mounted. Nothing is started, and nothing is cloned into it.
  a primary 0/5000
  b refused lineup=empty
at 1s ask b
----
at 1s ask b: nothing
    data_directory_missing  b
