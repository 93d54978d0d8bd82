# SPDX-License-Identifier: Apache-2.0
# For scripts that test osft-reporter against osft-endpoint; sourced after command.sh and endpoint.sh. The
# reporter and the endpoint end with the script.
# shellcheck shell=sh
reporter=
stop_reporter() {
    [ -z "$reporter" ] || { kill "$reporter" 2>/dev/null; wait "$reporter" 2>/dev/null; status=$?; }
    reporter=
}
trap 'stop_reporter; stop; rm -rf "$T"' EXIT

# start_reporter ARGUMENTS...: its messages go to $T/err.
start_reporter() {
    stop_reporter
    : >"$T/err"
    "$B/osft-reporter" "$@" 2>>"$T/err" </dev/null &
    reporter=$!
}

# check_reporter ARGUMENTS...: only looks at the configuration; $status, and $T/err.
check_reporter() {
    "$B/osft-reporter" --check "$@" >"$T/out" 2>"$T/err" </dev/null
    status=$?
}

# until COMMAND...: repeats it until it holds. Only where it never does, a minute decides.
until_true() {
    for _ in $(seq 600); do
        ! "$@" || return 0
        sleep 0.1
    done
    echo "# waited in vain for: $*"
    return 1
}

# says TEXT: the reporter has said that.
says() {
    grep -qF -e "$1" "$T/err"
}

# counts TEXT COUNT: the reporter has said it so often.
counts() {
    [ "$(grep -cF -e "$1" "$T/err")" -eq "$2" ]
}

# has_line FILE ERE
has_line() {
    grep -qE -e "$2" "$1" 2>/dev/null
}

# polls COUNT: the endpoint has been asked that often.
polls() {
    [ "$(wc -l 2>/dev/null <"$T/log" || echo 0)" -ge "$1" ]
}

# task GENERATION STATUS PROGRESS: a line for --tasks of the endpoint.
task() {
    ended=0
    [ "$2" = running ] || ended=1700000100000
    printf '{"functionName":"ctr","progress":%d,"status":"%s","startTime":%d,"endTime":%d,"extendInfo":"{\\"auc\\":0.77}","runId":"run-%d","generation":"%d"}\n' \
        "$3" "$2" "$((1700000000000 + $1 * 1000))" "$ended" "$1" "$1"
}
