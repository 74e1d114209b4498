# Completion of trailspan in PowerShell. To have it in every session, add to the file $PROFILE:
#   trailspan completions powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName trailspan -ScriptBlock {
    param($word, $ast, $at)
    $typed = $ast.Extent.Text
    $length = [Math]::Max(0, $at - $ast.Extent.StartOffset)
    $typed = if ($length -lt $typed.Length) { $typed.Substring(0, $length) } else { $typed.PadRight($length) }
    trailspan completions powershell "--line=$typed" "--word=$word" 2>$null |
        Select-Object -Skip 1 |
        ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
}
