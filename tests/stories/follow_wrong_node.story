# b took over from a. c still follows a, d something outside: both turn to b.
  a primary 0/5000
  b standby 0/5000 follows a
  c standby 0/5000 follows a
  d standby 0/5000 follows elsewhere waiting
at 3s a refused
at 13s b primary 0/5100 tl=2 history 1@0/5080
at 14s ask c
at 14s ask d
at 14s alerts c
at 15s c follows b waiting
at 20s ask c
at 21s c standby 0/5100 tl=2 follows b
at 21s ask c
----
at 14s ask c: follow b
    follows_wrong_node  c  from a:5432, to b
at 14s ask d: follow b
    follows_wrong_node  d  from elsewhere:5432, to b
at 14s alerts c: degraded
    warning  node_unreachable  a  reach refused, message 'Connection refused'
    warning  sync_degraded     b  streaming 0, wanted 1, names ''
    warning  not_following     c  upstream a:5432
    warning  not_following     d  upstream elsewhere:5432
at 20s ask c: nothing
    not_streaming_yet  b  since 7s
at 21s ask c: nothing
    follows  b
