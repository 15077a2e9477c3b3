# b accepts, but does not tell how far it came. It cannot be compared, so it cannot win.
  a primary 0/5000
  b standby ? follows a
  c standby 0/4000 tl=? follows a
at 3s a refused
at 13s elect
----
at 13s elect: nobody
    no_primary
  candidates
    -  a  not_accepting     reach refused, message 'Connection refused'
    -  b  position_unknown
    -  c  position_unknown
