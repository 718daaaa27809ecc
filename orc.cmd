@echo off
rem Runs the command line from these sources. Builds first when something has changed; the build writes nothing to standard output.
setlocal
set DOTNET_NOLOGO=1
set DOTNET_CLI_TELEMETRY_OPTOUT=1
set "here=%~dp0"
set "out=%here%artifacts\local\bin\Orchestrator.Cli\release"
set "log=%here%artifacts\local\orc-build.log"

powershell -NoProfile -Command ^
  "$stamp = Get-Item '%out%\.built' -Force -ErrorAction SilentlyContinue;" ^
  "if (-not $stamp) { exit 1 };" ^
  "$new = Get-ChildItem '%here%src','%here%ApiHost','%here%Grains.Abstractions','%here%Directory.*','%here%global.json' -Recurse | Where-Object { $_.LastWriteTimeUtc -gt $stamp.LastWriteTimeUtc } | Select-Object -First 1;" ^
  "if ($new) { exit 1 } else { exit 0 }"
if errorlevel 1 (
  echo Building orc; the first time takes a minute or two.>&2
  if not exist "%here%artifacts\local" mkdir "%here%artifacts\local"
  dotnet build "%here%src\Orchestrator.Cli" -c Release -v q --nologo >"%log%" 2>&1
  if errorlevel 1 (
    type "%log%" >&2
    exit /b 1
  )
  echo built>"%out%\.built"
)

dotnet "%out%\orc.dll" %*
exit /b %errorlevel%
