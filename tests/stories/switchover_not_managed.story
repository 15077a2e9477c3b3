# Who may not stop the server does not hand over.
cluster managed=no sync=off
  a primary 0/5000 switchover=s1:a:b:1:20s
  b standby 0/5000 follows a
at 1s ask a
----
at 1s ask a: decline_switchover b 'not_managed a'
    primary_healthy   a
    switchover_asked  b  from a, by alice
    not_managed       a
