# Completion of trailspan in fish. To have it in every session:
#   trailspan completions fish > ~/.config/fish/completions/trailspan.fish
# To try it: trailspan completions fish | source
function __trailspan_complete
    set -l typed (commandline --current-process --cut-at-cursor | string collect --allow-empty --no-trim-newlines)
    set -l word (commandline --current-token --cut-at-cursor | string collect --allow-empty)
    set -l offered (command trailspan completions fish --line="$typed" --word="$word" 2>/dev/null)
    if test "$offered[1]" = files
        __fish_complete_path $word
    else if test (count $offered) -gt 1
        printf '%s\n' $offered[2..-1]
    end
end
complete --command trailspan --no-files --arguments '(__trailspan_complete)'
