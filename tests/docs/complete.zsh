#!/usr/bin/zsh -f
# complete.zsh DIRECTORY <LINES: what an interactive zsh offers at the end of each line, a candidate a line, with an
# empty line after each answer. DIRECTORY holds _pgcm.
# A shell at a pseudo-terminal loads the completion, is given a line and a tab, and writes down what compadd is told.
zmodload zsh/zpty zsh/zselect
found=$(mktemp -d)

cat >$found/.zshrc <<END
PS1= PS2= RPS1=
fpath=(${(q)1} \$fpath)
autoload -Uz compinit && compinit -u -D
LISTMAX=100000
compadd() {
    local -a hits
    if [[ -z \${(M)@:#-[OAD]} ]]; then
        builtin compadd -O hits "\$@"
        (( \$#hits )) && print -rl -- \$hits >>$found/hits
    fi
    builtin compadd "\$@"
}
answered() { BUFFER=; : >$found/answered; }
zle -N answered
bindkey '^_' answered  # no other key begins so, which zle would wait for
zle-line-init() { : >$found/ready; }
zle -N zle-line-init
END

wait_for() {
    local -i left=1500
    local screen
    until [[ -e $1 ]]; do
        if (( ! left-- )); then
            print -u2 "complete.zsh: it did not come to be $1:t"
            rm -rf $found
            exit 1
        fi
        zselect -t 1
        zpty -rt shell screen && :
    done
    rm -f $1
}

zpty shell "exec env ZDOTDIR=$found HOME=$found TERM=dumb zsh -i"
wait_for $found/ready
while IFS= read -r line; do
    : >$found/hits
    zpty -wn shell "$line"$'\t'$'\x1f'
    wait_for $found/answered
    sort -u $found/hits
    print
done
zpty -d shell
rm -rf $found
