# SPDX-License-Identifier: Apache-2.0
# For scripts that start servers in the background; sourced. $T is a folder of the script's own.
# shellcheck shell=sh
server_starting=

# start_server ERRORS COMMAND...: starts it, with its standard error in the file ERRORS, and waits for its one line,
# or its end. Its process id goes to $server_pid, its port to $server_port.
start_server() {
    server_errors=$1
    shift
    rm -f "$T/ready"
    mkfifo "$T/ready"
    "$@" >"$T/ready" 2>"$server_errors" &
    server_starting=$!
    server_line=
    read -r server_line <"$T/ready"
    case $server_line in
    "listening on "*:[0-9]*) ;;
    *)
        echo "Bail out! $* did not start: $(cat "$server_errors")"
        exit 1
        ;;
    esac
    server_pid=$server_starting server_port=${server_line##*:} server_starting=
}

# end_servers PID...: ends these, and one that is still starting, and waits for that. An empty PID is none.
end_servers() {
    for server_ending in "$@" "$server_starting"; do
        [ -n "$server_ending" ] || continue
        kill "$server_ending" 2>/dev/null
        wait "$server_ending" 2>/dev/null
    done
    server_starting=
}
