# The agent's state on disk cannot be read: it does not know what it had seen, and so elects nobody until it has seen a
# primary again, a restart notwithstanding. One that never had a state is another matter. A person may promote.
cluster failover_after=2s
  a silent
  b standby 0/5000
agent b loses memory
at 5s ask b
at 6s agent b restarts
at 9s ask b
at 9s promote b
at 10s a primary 0/5000
at 11s a silent
at 14s ask b
----
at 5s ask b: nothing
    no_primary
    only_standby  b  timeline 1, lsn 0/5000
    memory_lost   b
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    0  b  only_standby   timeline 1, lsn 0/5000
at 9s ask b: nothing
    no_primary
    only_standby  b  timeline 1, lsn 0/5000
    memory_lost   b
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    0  b  only_standby   timeline 1, lsn 0/5000
at 9s promote b: nothing speaks against it
at 14s ask b: promote b
    no_primary
    only_standby  b  timeline 1, lsn 0/5000
  candidates
    -  a  not_accepting  reach silent, message 'timeout expired'
    0  b  only_standby   timeline 1, lsn 0/5000
