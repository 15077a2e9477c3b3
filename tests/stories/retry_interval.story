# A promotion after a crash waits for wal_retrieve_retry_interval, so it is kept short on standbys (LESSONS 23); it is
# said whatever else is decided.
  a primary 0/5000
  b standby 0/5000 follows a retry=5s
at 1s ask b
at 3s a refused
at 13s ask b
----
at 1s ask b: set_retry_interval b '100ms'
    retry_interval_high  b  from 5s, to 100ms
    follows              a
at 13s ask b: set_retry_interval b '100ms', promote b
    retry_interval_high  b  from 5s, to 100ms
    no_primary
    only_standby         b  timeline 1, lsn 0/5000
  candidates
    -  a  not_accepting  reach refused, message 'Connection refused'
    0  b  only_standby   timeline 1, lsn 0/5000
