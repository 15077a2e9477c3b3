# A clone in place died: the directory is empty, and the mark says why. It is made anew from the one primary.
  a primary 0/5000
  b refused host=stopped lineup=empty rewinding
at 2s ask b
----
at 2s ask b: rejoin a
    broken_by_rewind  b
