# Under b's address a primary of another cluster answers. It is no second primary, and no candidate either.
  a primary 0/5000 sync=''
  b primary 0/9000 tl=9 system=42
at 5s ask a
at 5s elect a
at 5s alerts a
----
at 5s ask a: nothing
    primary_healthy  a
    sync_right       a  names ''
at 5s elect a: a stays
    primary_healthy  a
  candidates
    -  a  not_standby     role primary
    -  b  not_standby     role primary
          system_differs  system_identifier 42, expected 7000000000000000001
at 5s alerts a: degraded
    critical  system_differs  b  system_identifier 42, expected 7000000000000000001
    warning   no_standby
    warning   sync_degraded   a  streaming 0, wanted 1, names ''
