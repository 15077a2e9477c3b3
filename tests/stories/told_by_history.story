# A failover under a lease with a hook that was asked first, as history --story printed it from a live journal: the moment
# of the promotion, with the ages to the nanosecond.
cluster quorum=majority mode=auto scan_period=250ms probe_timeout=250ms failover_after=0ms conflict_after=2000ms primary_start_timeout=30000ms follow_check_after=10000ms ttl=2000ms fence_margin=500ms on_crash=restart keep=timeline sync=auto count=1 degrade_after=2000ms
seen by p2
  p1 node refused asked=0.211913ms contact=4335.673768ms message='Connection refused'
  p2 node accepting standby asked=355.350601ms contact=349.137222ms system=7712548190604606663 tl=1 received=0/50021B8 replayed=0/50021B8 paused=no names='' retry=100ms upstream=p1 replicas='' vote=p2:2 size=22577517
  p3 node accepting standby asked=104.957686ms contact=49.259774ms system=7712548190604606663 tl=1 received=0/50021B8 replayed=0/50021B8 paused=no names='' retry=100ms upstream=p1 replicas='' vote=p2:2 size=22577517
host process=running lineup=standby network=up looked=6484.608116ms system=7712548190604606663 tl=1
lease term=2 until=1739.287987ms withheld=1739.287987ms locked=3999.146224ms
vote p1
vote p2 held counts=-1970.447029ms until=1762.45857ms
vote p3 held counts=-1959.146224ms until=1739.287987ms
knows primary=p1 tl=1 lsn=0/50021B8 system=7712548190604606663 names=*
since no_primary=4246.878112ms
ask
----
at ask: promote p2
    no_primary
    standbys_enough      in_hand 2, needed 2, names '*'
    best_standby     p2  timeline 1, lsn 0/50021B8
  seeks the lease above term 2
  fence in 1239ms
  candidates
    -  p1  not_accepting   reach refused, message 'Connection refused'
    0  p2  best_standby    timeline 1, lsn 0/50021B8
    1  p3  better_standby  timeline 1, lsn 0/50021B8, best p2, best_timeline 1, best_lsn 0/50021B8
