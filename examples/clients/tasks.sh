#!/bin/sh
# Gives tasks to a server with curl, and looks until they have ended: sh tasks.sh [ADDRESS]
# A server that asks for a key is shown the one in ORC_API_KEY.
set -eu
server="${1:-http://127.0.0.1:8080}"

ask() {
    # The key goes through standard input, so that no list of processes shows it.
    printf 'header = "X-Api-Key: %s"\n' "${ORC_API_KEY:-}" |
        curl --silent --show-error --fail-with-body --max-time 30 --config - --header 'Content-Type: application/json' "$@"
}

# What stands between quotes behind a name: enough for the flat answers read here; jq does it for all.
member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

submit() {
    ask "$server/orchestrate" --data "$1" | member task_id
}

wait_for() {
    tries=0
    while :; do
        status=$(ask "$server/status/$1" | member status)
        case "$status" in completed | failed) break ;; esac
        tries=$((tries + 1))
        [ "$tries" -lt 60 ] || { echo "task $1 is still $status after a minute" >&2; exit 1; }
        sleep 1
    done
    echo "$1 $status"
}

echo "server: $(ask "$server/health" | member status)"
first=$(submit '{"pattern": "create_mindmap", "payload": {"text": "Plants make sugar. Sugar feeds plants. Light makes sugar."}, "priority": 3, "metadata": {"source": "curl"}, "timeout": 120}')
second=$(submit '{"pattern": "check_content_quality", "payload": {"text": "Plants make sugar from light, water and air. They need little else."}, "priority": 5}')
wait_for "$first"
wait_for "$second"
ask "$server/aggregate" --data "{\"task_ids\": [\"$first\", \"$second\"]}"
echo
