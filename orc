#!/bin/sh
# Runs the command line from these sources. Builds first when something has changed; the build writes nothing to standard output.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
out="$here/artifacts/local/bin/Orchestrator.Cli/release"
stamp="$out/.built"
log="$here/artifacts/local/orc-build.log"

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

# Folders count too: their time changes when a file in them comes or goes.
changed() {
  [ ! -f "$stamp" ] || [ -n "$(find "$here/src" "$here/ApiHost" "$here/Grains.Abstractions" "$here"/Directory.*.props \
    "$here/Directory.Build.targets" "$here/global.json" "$here"/BannedSymbols*.txt -newer "$stamp" -print -quit)" ]
}

build() {
  if ! changed; then return 0; fi
  echo "Building orc; the first time takes a minute or two." >&2
  # Noted before the build, so that a file changed while it runs is built the next time.
  touch "$log.began"
  if ! dotnet build "$here/src/Orchestrator.Cli" -c Release -v q --nologo >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
  fi
  touch -r "$log.began" "$stamp"
}

if changed; then
  if ! command -v dotnet >/dev/null 2>&1; then
    echo "orc needs the .NET 10 SDK: https://dotnet.microsoft.com/download/dotnet/10.0" >&2
    exit 1
  fi
  mkdir -p "$(dirname "$log")"
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$log.lock"
    flock 9
    build
    exec 9>&-
  else
    build
  fi
fi

exec dotnet "$out/orc.dll" "$@"
