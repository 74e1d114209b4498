#compdef trailspan
# Completion of trailspan in zsh. To have it in every session, write it into a file called _trailspan
# in a folder of $fpath: trailspan completions zsh > ~/.zfunc/_trailspan
# To try it: source <(trailspan completions zsh)
_trailspan() {
    local typed="${(j: :)words[1,CURRENT-1]} $PREFIX"
    local -a offered open whole
    offered=("${(@f)$(command trailspan completions zsh --line="$typed" --word="$PREFIX" 2>/dev/null)}")
    if [[ $offered[1] == files ]]; then
        _files
        return
    fi
    shift offered
    open=(${(M)offered:#*[:=]})
    whole=(${offered:#*[:=]})
    (( $#open )) && compadd -Q -S '' -- $open
    (( $#whole )) && compadd -Q -- $whole
    (( $#open + $#whole ))
}
if [[ $funcstack[1] == _trailspan ]]; then
    _trailspan "$@"
else
    compdef _trailspan trailspan
fi
