# Completion of trailspan in bash, 4 or newer. To have it in every session:
#   trailspan completions bash > ~/.local/share/bash-completion/completions/trailspan
# To try it: source <(trailspan completions bash)
_trailspan() {
    local offered
    COMPREPLY=()
    while IFS= read -r offered; do
        case $offered in
            words) ;;
            files) compopt -o default ;;
            *) COMPREPLY+=("$offered") ;;
        esac
    done < <(command trailspan completions bash --line="${COMP_LINE:0:COMP_POINT}" --word="$2" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[:=] ]]; then
        compopt -o nospace
    fi
}
complete -F _trailspan trailspan
