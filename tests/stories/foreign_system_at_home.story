# Somebody restored another cluster's backup into b's data directory. It is neither started nor used.
  a primary 0/5000
  b standby 0/5000 follows a
at 3s b refused system=42
at 3s ask b
at 5s b standby 0/9000 system=42
at 5s ask b
at 6s a refused
at 16s elect a
----
at 3s ask b: nothing
    system_differs  b  system_identifier 42, expected 7000000000000000001
at 5s ask b: nothing
    system_differs  b  system_identifier 42, expected 7000000000000000001
at 16s elect a: nobody
    no_primary
  candidates
    -  a  not_accepting   reach refused, message 'Connection refused'
    -  b  system_differs  system_identifier 42, expected 7000000000000000001
