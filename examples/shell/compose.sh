#!/bin/sh
# One turn of a small agent, made of pgcm's own commands: what `pgcm watch --once` does, for those who want to decide
# differently. Run it on every node, every few seconds, as the user who owns the data directory; see the file `cron`.
#
#   compose.sh [-n] [PGCM ARGUMENT...]      -n: say what would be done, and do nothing
#
#   FAILOVER_AFTER  seconds without a primary before the local standby is promoted (default 30)
#   STAMP           a file that remembers since when there is none (default compose.since in state.dir)
#   PGCM            the program (default pgcm)
#
# It starts no server that is down and rebuilds no second primary: for that, it only calls for a person.
# Exit status: 0 nothing to do, or done; 1 somebody has to look; others as pgcm's.
set -eu

pgcm=${PGCM:-pgcm}
failover_after=${FAILOVER_AFTER:-30}
dry_run=
if [ "${1:-}" = -n ]; then
    dry_run=--dry-run
    shift
fi

stamp=${STAMP:-$("$pgcm" config show --json "$@" | jq -er .state.dir)/compose.since}

say() { printf '%s\n' "$*" >&2; }
change() {
    what=$1
    shift
    # shellcheck disable=SC2086
    "$pgcm" "$what" --json --quiet $dry_run "$@" >/dev/null
}

# Without a terminal the commands speak JSON. elect ends with 5 when there is nobody to elect; that is an answer, too.
view=$("$pgcm" probe "$@")
election=$(printf '%s' "$view" | "$pgcm" elect --view - "$@") || [ $? -eq 5 ]

of_view() { printf '%s' "$view" | jq -r "$1"; }
of_election() { printf '%s' "$election" | jq -r "$1"; }

local=$(of_view '.local // ""')
role=$(of_view '.local as $me | .nodes[] | select(.node == $me) | .role')
primaries=$(of_view '[.nodes[] | select(.reach == "accepting" and .role == "primary")] | length')
primary=$(of_election '.primary // ""')
winner=$(of_election '.winner // ""')
if [ -z "$local" ]; then
    say "compose: this host has no node"
    exit 1
fi

if [ "$primaries" -gt 1 ]; then
    say "compose: more than one primary; look at all of them, then run pgcm demote on the one that shall give way"
    exit 1
fi
if [ -n "$primary" ]; then
    rm -f "$stamp"
    case $role in
        primary) change sync-standby "$@" ;;
        standby) change follow "$@" ;;
        *) say "compose: the server of $local does not answer"; exit 1 ;;
    esac
    exit
fi

# No primary. The stamp's age is how long.
[ -e "$stamp" ] || : >"$stamp"
gone=$(($(date +%s) - $(stat -c %Y "$stamp")))
if [ "$gone" -lt "$failover_after" ]; then
    say "compose: no primary for $gone s of $failover_after s"
elif [ "$winner" = "$local" ]; then
    say "compose: promoting $local"
    change promote --yes "$@"
elif [ -n "$winner" ]; then
    say "compose: $winner goes before $local"
else
    say "compose: nobody can be elected: $(of_election '[.reasons[].text] | join("; ")')"
    exit 1
fi
