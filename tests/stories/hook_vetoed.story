# hooks.before_promote held the promotion back: it waits a little, tells what the hook said, and is asked again. With the
# hook's consent, which the agent has by then, it goes on; and a primary that comes up by itself ends it.
cluster failover_after=5s
  a primary 0/5000
  b standby 0/5000 follows a
at 3s a refused
at 9s ask b
at 9s agent b vetoed 'the disk is not mounted'
at 9s agent b retries promote=14s
at 10s ask b
at 14s ask b
at 15s a primary 0/5000
at 16s a refused
at 22s ask b
----
at 9s ask b: promote b
    no_primary
    only_standby  b  timeline 1, lsn 0/5000
  candidates
    -  a  not_accepting  reach refused, message 'Connection refused'
    0  b  only_standby   timeline 1, lsn 0/5000
at 10s ask b: nothing
    no_primary
    only_standby  b  timeline 1, lsn 0/5000
    hook_vetoed   b  message 'the disk is not mounted'
    retry_later      action promote, left 4s
  look again in 4s
  candidates
    -  a  not_accepting  reach refused, message 'Connection refused'
    0  b  only_standby   timeline 1, lsn 0/5000
at 14s ask b: promote b
    no_primary
    only_standby  b  timeline 1, lsn 0/5000
    hook_vetoed   b  message 'the disk is not mounted'
  candidates
    -  a  not_accepting  reach refused, message 'Connection refused'
    0  b  only_standby   timeline 1, lsn 0/5000
at 22s ask b: promote b
    no_primary
    only_standby  b  timeline 1, lsn 0/5000
  candidates
    -  a  not_accepting  reach refused, message 'Connection refused'
    0  b  only_standby   timeline 1, lsn 0/5000
