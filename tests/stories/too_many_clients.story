# All connection slots of the primary are taken (53300). It is alive and serves those who are in: no failover, however
# long it lasts. It needs no hurry either: it is looked at again at the usual pace.
  a primary 0/5000
  b standby 0/5000 follows a
at 3s a rejecting 53300
at 60s ask b
at 10m ask b
at 10m ask a
at 10m alerts b
----
at 60s ask b: nothing
    primary_alive_but_rejecting  a  sqlstate 53300, message 'sorry, too many clients already', since 57s
  candidates
    -  a  not_accepting  reach rejecting, message 'sorry, too many clients already'
    -  b
at 10m ask b: nothing
    primary_alive_but_rejecting  a  sqlstate 53300, message 'sorry, too many clients already', since 597s
  candidates
    -  a  not_accepting  reach rejecting, message 'sorry, too many clients already'
    -  b
at 10m ask a: nothing
    local_process_runs  a  reach rejecting, message 'sorry, too many clients already'
at 10m alerts b: no_primary
    critical  no_primary
    warning   node_unreachable  a  reach rejecting, sqlstate 53300, message 'sorry, too many clients already'
