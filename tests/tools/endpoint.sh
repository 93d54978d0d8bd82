# SPDX-License-Identifier: Apache-2.0
# For scripts that test the command against osft-endpoint; sourced after command.sh. The endpoint ends with
# the script; a script with an EXIT trap of its own calls stop in it, and removes $T. The command gets the
# endpoint's credentials.
# shellcheck shell=sh
. tests/tools/server.sh
export ALIBABA_CLOUD_ACCESS_KEY_ID=$ID ALIBABA_CLOUD_ACCESS_KEY_SECRET=$SECRET
pid=
stop() {
    end_servers "$pid"
    pid=
}
trap 'stop; rm -rf "$T"' EXIT

# start ARGUMENTS...: starts an endpoint with these, and waits for its one line, or its end; its port goes to
# $port.
start() {
    stop
    rm -f "$T/log"
    start_server "$T/endpoint.err" "$B/osft-endpoint" --port 0 --access-key-id $ID --access-key-secret $SECRET \
        --log "$T/log" "$@"
    pid=$server_pid port=$server_port
}
