# Nobody ever saw the primary: how far b is behind cannot be known, so max_lag does not hold.
cluster max_lag=16MB
  a refused
  b standby 0/5000 follows a
at 13s ask b
----
at 13s ask b: nothing
    no_primary
    never_saw_primary  b
  candidates
    -  a  not_accepting      reach refused, message 'Connection refused'
    -  b  never_saw_primary
