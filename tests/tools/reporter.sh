# SPDX-License-Identifier: Apache-2.0
# For scripts that test osft-reporter against osft-endpoint; sourced after command.sh and endpoint.sh. The reporter
# and the endpoint are stopped when the script ends.
# shellcheck shell=sh
reporter=
stop_reporter() {
    [ -z "$reporter" ] || { kill "$reporter" 2>/dev/null; wait "$reporter" 2>/dev/null; status=$?; }
    reporter=
}
trap 'stop_reporter; stop; rm -rf "$T"' EXIT

# start_reporter ARGUMENTS...: Stop the running reporter, if there is one, and start another. Its messages go to $T/err.
start_reporter() {
    stop_reporter
    : >"$T/err"
    "$B/osft-reporter" "$@" 2>>"$T/err" </dev/null &
    reporter=$!
}

# check_reporter ARGUMENTS...: Run --check, with its output in $T/out and $T/err and its exit status in $status.
check_reporter() {
    "$B/osft-reporter" --check "$@" >"$T/out" 2>"$T/err" </dev/null
    status=$?
}

# until_true COMMAND...: Repeat the command until it succeeds; fail after a minute. In a test that passes, the command
# succeeds much sooner.
until_true() {
    for _ in $(seq 600); do
        ! "$@" || return 0
        sleep 0.1
    done
    echo "# waited in vain for: $*"
    return 1
}

# says TEXT: Whether the reporter has printed the text.
says() {
    grep -qF -e "$1" "$T/err"
}

# counts TEXT COUNT: Whether the reporter has printed exactly so many lines with the text.
counts() {
    [ "$(grep -cF -e "$1" "$T/err")" -eq "$2" ]
}

# has_line FILE ERE: Whether the file has a line that matches.
has_line() {
    grep -qE -e "$2" "$1" 2>/dev/null
}

# find_url: Set $url to the address of the page that the reporter has reported last, without the final slash. Fails when
# there is none.
find_url() {
    url=$(sed -n 's#.*the page is at \(http://.*\)/$#\1#p' "$T/err" | tail -n 1)
    [ -n "$url" ]
}

# ended_polls FILE: Print the number of polls that have ended, from a text file of the reporter.
ended_polls() {
    awk '/^osft_polls_total[ {]/ { n += $NF } END { printf "%d", n }' "$1" 2>/dev/null
}

# polls COUNT: Whether the endpoint has logged at least so many requests.
polls() {
    [ "$(wc -l 2>/dev/null <"$T/log" || echo 0)" -ge "$1" ]
}

# task GENERATION STATUS PROGRESS: Print a task for --tasks of the endpoint.
task() {
    ended=0
    [ "$2" = running ] || ended=1700000100000
    printf '{"functionName":"ctr","progress":%d,"status":"%s","startTime":%d,"endTime":%d,"extendInfo":"{\\"auc\\":0.77}","runId":"run-%d","generation":"%d"}\n' \
        "$3" "$2" "$((1700000000000 + $1 * 1000))" "$ended" "$1" "$1"
}
