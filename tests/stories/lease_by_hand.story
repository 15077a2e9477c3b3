# A person's promotion asks no votes; what speaks against it says so, and who holds them.
cluster quorum=majority ttl=10s
  a primary 0/5000
  b standby 0/5000 follows a
  w witness
at 3s a silent
at 14s promote b
at 15s agent b lease ripens term=4 votes=b,w
at 15s promote b
----
at 14s promote b: not without force
    promotes_without_lease  b
at 15s promote b: not without force
    promotes_without_lease  b  holder b
