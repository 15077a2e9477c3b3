# Completion of pgcm for fish.

# The words of the command line that are neither flags nor their values: the command and what follows it.
function __pgcm_words
    set -l value no
    for token in (commandline -opc)[2..-1]
        if test $value = yes
            set value no
            continue
        end
        switch $token
            case -c --config --color --timeout --view --replay --journal --export --since --explain --story --to --method --listen
                set value yes
            case '-*'
            case '*'
                echo $token
        end
    end
end

# __pgcm_at WORD...: whether the words before the cursor begin so.
function __pgcm_at
    set -l words (__pgcm_words)
    set -l last (count $argv)
    test (count $words) -ge $last; and test "$words[1..$last]" = "$argv"
end

# Whether no command was given yet, or, after `config`, no part of it.
function __pgcm_needs_command
    test (count (__pgcm_words)) -eq 0
end
function __pgcm_needs_part
    set -l words (__pgcm_words)
    test (count $words) -eq 1; and test $words[1] = config
end

# The nodes of the configuration, a line each; nothing where there is none.
# With an argument, which is "$", the witnesses too: they stand after the nodes.
function __pgcm_nodes
    set -l last '/^  \]/'
    set -q argv[1]; and set last $argv[1]
    set -l tokens (commandline -opc)
    set -l file
    for i in (seq 2 (count $tokens))
        switch $tokens[$i]
            case -c --config
                set file --config $tokens[(math $i + 1)]
            case '--config=*'
                set file $tokens[$i]
        end
    end
    $tokens[1] $file config show --json 2>/dev/null </dev/null |
        sed -n -e '/^  "nodes": \[/,'$last'{s/^      "name": "\(.*\)",$/\1/;t name' -e b -e :name \
            -e 's/\\\\\(["\\\\]\)/\1/g;p;}'
end

complete -c pgcm -f

complete -c pgcm -s c -l config -r -F -d 'Configuration file'
complete -c pgcm -l json -d 'Print JSON, at a terminal too'
complete -c pgcm -l table -d 'Print for people, in a pipe too'
complete -c pgcm -s v -l verbose -d 'Say more on standard error'
complete -c pgcm -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c pgcm -l color -x -a 'auto always never' -d Colour
complete -c pgcm -l timeout -x -d 'Longest wait for a node, or for a step of a change, e.g. 30s'
complete -c pgcm -s h -l help -d 'Explain and exit'
complete -c pgcm -s V -l version -d 'Print the version and exit'

complete -c pgcm -n __pgcm_needs_command -a probe -d 'Look at the nodes side by side and print what they show'
complete -c pgcm -n __pgcm_needs_command -a status -d 'Say who is primary, who follows, what lags and what is wrong'
complete -c pgcm -n __pgcm_needs_command -a elect -d 'Say who should be primary and, node by node, why or why not'
complete -c pgcm -n __pgcm_needs_command -a promote -d 'Make the local standby primary, after the safety rules'
complete -c pgcm -n __pgcm_needs_command -a demote -d 'Rebuild the local server, mostly a second primary, as a standby of the primary'
complete -c pgcm -n __pgcm_needs_command -a follow -d 'Point the local standby at the primary'
complete -c pgcm -n __pgcm_needs_command -a sync-standby -d 'Compute synchronous_standby_names and set it'
complete -c pgcm -n __pgcm_needs_command -a watch -d 'The service: look, decide and act in a loop'
complete -c pgcm -n __pgcm_needs_command -a serve -d 'The HTTP side alone, read-only'
complete -c pgcm -n __pgcm_needs_command -a config -d 'Check, show, import or begin the configuration'
complete -c pgcm -n __pgcm_needs_command -a history -d 'Tell what happened here: what was seen, decided and done'

complete -c pgcm -n '__pgcm_at probe' -a '(__pgcm_nodes \$)' -d 'Node or witness'
complete -c pgcm -n '__pgcm_at probe; or __pgcm_at status' -s i -l inventory -d 'Add the costly figures'
complete -c pgcm -n '__pgcm_at status' -l view -r -F -d 'Assess a saved view'
complete -c pgcm -n '__pgcm_at status' -s w -l watch -d 'Look again every scan_period'
complete -c pgcm -n '__pgcm_at status' -l plugin -d 'One line and the exit codes of monitoring plugins'
complete -c pgcm -n '__pgcm_at elect' -l view -r -F -d 'Decide on a saved view, or a journal again'
complete -c pgcm -n '__pgcm_at elect' -l replay -r -F -d 'Decide a journal or bundle again'
complete -c pgcm -n '__pgcm_at history' -l since -x -d 'Only from then on: 2h, or a time'
complete -c pgcm -n '__pgcm_at history' -l explain -x -d 'One decision in full, by its number'
complete -c pgcm -n '__pgcm_at history' -l story -x -d 'One decision as a story'
complete -c pgcm -n '__pgcm_at history' -l export -r -F -d 'Write all of it into a file'
complete -c pgcm -n '__pgcm_at history' -l journal -r -F -d 'Read this journal or bundle'
complete -c pgcm -n '__pgcm_at promote' -l force -d 'Override the rules that speak against it'
complete -c pgcm -n '__pgcm_at promote' -l why -x -d 'Why it is forced, for the journal'
complete -c pgcm -n '__pgcm_at demote; or __pgcm_at follow' -l to -x -a '(__pgcm_nodes)' -d 'The primary to follow'
complete -c pgcm -n '__pgcm_at demote' -l method -x -a 'auto rewind basebackup' -d 'How the standby is made'
complete -c pgcm -n '__pgcm_at promote; or __pgcm_at demote' -s y -l yes -d 'Do not ask'
for command in promote demote follow sync-standby watch
    complete -c pgcm -n "__pgcm_at $command" -s n -l dry-run -d 'Decide and report the same, but do nothing'
end
complete -c pgcm -n '__pgcm_at watch' -l once -d 'One turn, for cron and timers'
complete -c pgcm -n '__pgcm_at serve' -l listen -x -d 'Listen here; may be repeated'

complete -c pgcm -n __pgcm_needs_part -a check -d 'Validate the file and what it names on this host'
complete -c pgcm -n __pgcm_needs_part -a show -d 'Print the effective configuration, secrets masked'
complete -c pgcm -n __pgcm_needs_part -a import -d 'Print a pgClusterMonitor config.ini as TOML'
complete -c pgcm -n __pgcm_needs_part -a init -d 'Print a configuration for the cluster that already runs'
complete -c pgcm -n '__pgcm_at config import' -F
