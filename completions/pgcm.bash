# Completion of pgcm for bash; needs nothing beside bash 4.

# The nodes of the configuration, a line each; nothing where there is none. With a third word, which is "$", the
# witnesses too: they stand after the nodes.
_pgcm_nodes() {
    "$1" ${2:+--config "$2"} config show --json 2>/dev/null </dev/null |
        sed -n -e '/^  "nodes": \[/,'"${3:-/^  \]/}"'{s/^      "name": "\(.*\)",$/\1/;t name' -e 'b' -e ':name' \
            -e 's/\\\(["\\]\)/\1/g;p;}'
}

# Those of the lines on standard input that begin with $1, quoted for the command line.
_pgcm_offer() {
    local line
    while IFS= read -r line; do
        [[ $line == "$1"* ]] && COMPREPLY+=("$(printf '%q' "$line")")
    done
}

_pgcm_files() {
    local line
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$1")
}

_pgcm() {
    local commands="probe status elect promote demote follow sync-standby watch serve config history"
    local global="-c --config --json --table -v --verbose -q --quiet --color --timeout -h --help -V --version"
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command='' part='' config='' word i flags=''
    COMPREPLY=()

    # "--flag=value" comes as three words.
    if [[ $cur == = ]]; then
        cur=''
    elif [[ $prev == = ]]; then
        prev=${COMP_WORDS[COMP_CWORD-2]}
    fi

    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        case $word in
            -c | --config | --color | --timeout | --view | --replay | --journal | --export | --since | --explain | --story | --to | --method | --listen)
                [[ ${COMP_WORDS[i+1]-} == = ]] && ((i++))
                ((++i < COMP_CWORD)) && [[ $word == -c || $word == --config ]] && config=${COMP_WORDS[i]/#\~/$HOME}
                ;;
            -* | =) ;;
            *) if [[ -z $command ]]; then command=$word; elif [[ -z $part ]]; then part=$word; fi ;;
        esac
    done

    case $prev in
        -c | --config | --view | --replay | --journal | --export) _pgcm_files "$cur"; return ;;
        --color) _pgcm_offer "$cur" < <(printf '%s\n' auto always never); return ;;
        --method) _pgcm_offer "$cur" < <(printf '%s\n' auto rewind basebackup); return ;;
        --to) _pgcm_offer "$cur" < <(_pgcm_nodes "${1/#\~/$HOME}" "$config"); return ;;
        --timeout | --listen | --since | --explain | --story) return ;;
    esac

    if [[ $cur == -* ]]; then
        case $command in
            probe) flags="-i --inventory" ;;
            status) flags="--view -w --watch -i --inventory --plugin" ;;
            elect) flags="--view --replay" ;;
            promote) flags="--force --why -n --dry-run -y --yes" ;;
            demote) flags="--to --method -n --dry-run -y --yes" ;;
            follow) flags="--to -n --dry-run" ;;
            sync-standby) flags="-n --dry-run" ;;
            watch) flags="--once -n --dry-run" ;;
            serve) flags="--listen" ;;
            history) flags="--since --explain --story --export --journal" ;;
        esac
        _pgcm_offer "$cur" < <(printf '%s\n' $flags $global)
        return
    fi

    case $command in
        '') _pgcm_offer "$cur" < <(printf '%s\n' $commands) ;;
        probe) _pgcm_offer "$cur" < <(_pgcm_nodes "${1/#\~/$HOME}" "$config" '$') ;;
        config)
            case $part in
                '') _pgcm_offer "$cur" < <(printf '%s\n' check show import init) ;;
                import) _pgcm_files "$cur" ;;
            esac
            ;;
    esac
}

complete -F _pgcm pgcm
