"""What each shell is told about completing gpu-agent-client: a few lines of its own language that call this program.

Five shells: bash, zsh, fish, PowerShell, and Elvish as the fifth, since Debian has it, so that it can be tested. All of
them call alike: the line up to the cursor in an environment variable, one choice a line as `value<TAB>what it is`. No
shell evaluates any of that. Where nothing is offered, the shell offers files.
"""

VARIABLE = "_GPU_AGENT_CLIENT_COMPLETE"

_BASH = """\
# bash completion for gpu-agent-client
_gpu_agent_client() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        [[ -n $line ]] && COMPREPLY+=("${line%%$'\\t'*}")
    done < <(_GPU_AGENT_CLIENT_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=get-args \\
        _TYPER_COMPLETE_ARGS="${COMP_LINE:0:COMP_POINT}" "$1" 2>/dev/null)
}
complete -o default -F _gpu_agent_client gpu-agent-client
"""

_ZSH = """\
#compdef gpu-agent-client
_gpu_agent_client() {
    local line
    local -a values texts
    while IFS= read -r line; do
        [[ -n $line ]] || continue
        values+=("${line%%$'\\t'*}")
        texts+=("${line/$'\\t'/  }")
    done < <(_GPU_AGENT_CLIENT_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=get-args \\
        _TYPER_COMPLETE_ARGS="${(j: :)words[1,CURRENT-1]} $PREFIX" "${words[1]}" 2>/dev/null)
    if (( ${#values} )); then
        compadd -V gpu-agent-client -l -d texts -a values
    else
        _files
    fi
}
if [[ $funcstack[1] == _gpu_agent_client ]]; then
    _gpu_agent_client "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
    compdef _gpu_agent_client gpu-agent-client
fi
"""

_FISH = """\
# fish completion for gpu-agent-client
function __gpu_agent_client_complete
    set -lx _GPU_AGENT_CLIENT_COMPLETE complete_fish
    set -lx _TYPER_COMPLETE_FISH_ACTION get-args
    set -lx _TYPER_COMPLETE_ARGS (commandline -cp)
    set -l offered (gpu-agent-client 2>/dev/null | string match -rv '^$')
    if test (count $offered) -gt 0
        printf '%s\\n' $offered
    else
        __fish_complete_path (commandline -ct)
    end
end
complete --command gpu-agent-client --no-files --keep-order --arguments '(__gpu_agent_client_complete)'
"""

_POWERSHELL = """\
# PowerShell completion for gpu-agent-client
Register-ArgumentCompleter -Native -CommandName gpu-agent-client -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $line = $commandAst.ToString()
    if ($line.Length -gt $cursorPosition) { $line = $line.Substring(0, $cursorPosition) }
    if ($wordToComplete -eq '' -and -not $line.EndsWith(' ')) { $line += ' ' }
    $env:_GPU_AGENT_CLIENT_COMPLETE = 'complete_fish'
    $env:_TYPER_COMPLETE_FISH_ACTION = 'get-args'
    $env:_TYPER_COMPLETE_ARGS = $line
    try {
        gpu-agent-client 2>$null | Where-Object { $_ } | ForEach-Object {
            $value, $text = $_ -split "`t", 2
            if (-not $text) { $text = $value }
            [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $text)
        }
    } finally {
        Remove-Item Env:_GPU_AGENT_CLIENT_COMPLETE, Env:_TYPER_COMPLETE_FISH_ACTION, Env:_TYPER_COMPLETE_ARGS
    }
}
"""

_ELVISH = """\
# Elvish completion for gpu-agent-client
use str
set edit:completion:arg-completer[gpu-agent-client] = {|@words|
    tmp E:_GPU_AGENT_CLIENT_COMPLETE = complete_fish
    tmp E:_TYPER_COMPLETE_FISH_ACTION = get-args
    tmp E:_TYPER_COMPLETE_ARGS = (str:join ' ' $words)
    var offered = [(gpu-agent-client 2>/dev/null | from-lines | each {|line| if (not-eq $line '') { put $line } })]
    if (== 0 (count $offered)) {
        edit:complete-filename $@words
    } else {
        for line $offered {
            var parts = [(str:split &max=2 "\\t" $line)]
            edit:complex-candidate $parts[0] &display=(str:join '  ' $parts)
        }
    }
}
"""

SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH, "powershell": _POWERSHELL, "elvish": _ELVISH}
