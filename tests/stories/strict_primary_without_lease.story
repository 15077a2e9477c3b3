# The frozen primary thaws: it still accepts, and does not know yet that its lease is gone. The standby that parted from
# it does not follow it anew, unless that primary holds a majority with a promise, and this standby's own vote.
# One that streams goes on.
cluster quorum=majority ttl=10s sync=quorum count=1 strict=yes
  a primary 0/5000 sync='ANY 1 ("b", "c")'
  b standby 0/5000 sync='ANY 1 ("a", "c")' follows a
  c standby 0/5000 sync='ANY 1 ("a", "b")' detached
at 3s ask c
at 3s ask b
at 4s a vote=a:3
at 4s b vote=a:3
at 4s ask c
at 5s c vote=a
at 5s b vote=a
at 5s ask c
at 6s c vote=a:3
at 6s ask c
at 7s c vote=b:4
at 7s ask c
at 8s cluster strict=no
at 8s ask c
----
at 3s ask c: nothing
    primary_without_lease  a
  holds no vote
at 3s ask b: nothing
    follows  a
  holds no vote
at 4s ask c: nothing
    primary_without_lease  a
  holds no vote
at 5s ask c: nothing
    primary_without_lease  a
  holds no vote
at 6s ask c: follow a
    follows_wrong_node  c  to a
  holds no vote
at 7s ask c: nothing
    primary_without_lease  a
  holds no vote
at 8s ask c: follow a
    follows_wrong_node  c  to a
  holds no vote
