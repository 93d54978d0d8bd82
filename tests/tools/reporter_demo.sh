#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The tour of osft-reporter: starts the local endpoint, an MQTT broker and the reporter, and shows the configuration
# and a few lines of each output. On a terminal the page stays until Ctrl-C; elsewhere the tour ends by itself.
# usage: OSFT_BUILD=BUILD sh tests/tools/reporter_demo.sh
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/reporter.sh
. tests/tools/broker.sh
# shellcheck disable=SC2317 # called by the trap
quit() {
    stop_reporter
    stop_broker
    stop
    rm -rf "$T"
}
trap quit EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM
umask 077

fail() {
    echo "reporter_demo.sh: $1" >&2
    exit 1
}
# show COMMAND: Print the command line, and run it in the folder of the tour.
show() {
    printf '\n$ %s\n' "$1"
    (cd "$T" && PATH=$B:$PATH sh -c "$1") || fail "this failed: $1"
}
# explain LINE...: Print an empty line, and then what comes next.
explain() {
    echo
    printf '# %s\n' "$@"
}

sh tests/tools/need.sh mosquitto mosquitto-clients curl || exit 1
for library in libinih libmosquitto libmicrohttpd; do
    "$B/osft-reporter" --version | grep -q "^with $library" ||
        fail "the reporter was built without $library; run make reporter"
done

# Another program can take the port before the broker does. Then another port is tried.
for _ in 1 2 3 4 5; do
    choose_broker_port
    write_open_broker
    ! start_broker || break
    stop_broker
done
[ -n "$broker" ] || fail "the broker did not start: $(cat "$T/broker.log")"
# A new run starts every 3 seconds, and takes about 5.
start --generate 6 --arrive-ms 3000 --run-ms 5000 --ca-out "$T/ca.pem"

printf '[default]\ntype = access_key\naccess_key_id = %s\naccess_key_secret = %s\n' "$ID" "$SECRET" >"$T/key"
cat >"$T/reporter.conf" <<END
[defaults]
endpoint = 127.0.0.1:$port
ca = $T/ca.pem
credentials = $T/key
app = shop
function = ctr
interval = 1s

[instance ranking]
instance = ranking

[instance search]
instance = search

[textfile]
path = $T/osft.prom

[hook]
command = echo "\$OSFT_EVENT \$OSFT_INSTANCE \$OSFT_GENERATION" >>$T/events

[mqtt]
host = 127.0.0.1
port = $broker_port
client_id = gateway-7

[http]
port = 0
END
# The reporter gets all settings from the file.
unset ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET

explain "osft-endpoint plays the service on 127.0.0.1:$port; mosquitto is the broker, on 127.0.0.1:$broker_port."
show 'cat reporter.conf'
show 'osft-reporter --check --config reporter.conf'
printf '\n$ osft-reporter --config reporter.conf &\n'
start_reporter --config "$T/reporter.conf"
until_true find_url || fail "the reporter did not start: $(cat "$T/err")"
# has_outputs: Whether both instances were polled, a run has ended, and all outputs show it.
has_outputs() {
    has_line "$T/events" '^succeeded ranking ' &&
        has_line "$T/osft.prom" '^osft_last_task_success.*"ranking".* [1-9]' &&
        curl -s "$url/metrics" | grep -q '^osft_up.*"search".* 1$' &&
        mosquitto_sub -h 127.0.0.1 -p "$broker_port" -t osft/search/status -C 1 -W 2 >"$T/out" 2>&1
}
until_true has_outputs || fail "a run should have succeeded by now: $(cat "$T/err")"
cat "$T/err"

explain 'Prometheus scrapes this. The certificate and the signature of each request were verified.'
show "curl -s $url/metrics | grep -E '^osft_(up|polls_total|newest_task_progress)'"
explain 'node_exporter collects this file.'
show "grep '^osft_last_task_success' osft.prom"
explain 'The hook ran a command for each event.'
show "grep -v progressed events | tail -n 4"
explain 'Subscribers get the status of each instance at once, then events.'
show "mosquitto_sub -h 127.0.0.1 -p $broker_port -t 'osft/#' -v -C 5 -W 60 | cut -c 1-100"
explain 'Supervisors ask for this.'
show "curl -s $url/healthz"
explain 'And people read the page.'
show "curl -s $url/ | grep -m 1 -o '<title>[^<]*</title>'"
explain "The page is at $url/"
if [ -t 0 ]; then
    echo '# It stays until you press Ctrl-C.'
    trap 'echo; echo "All is stopped."; exit 0' INT
    wait "${reporter:?}"
    fail "the reporter has ended: $(cat "$T/err")"
fi
echo '# Standard input is no terminal, so all is stopped now; on a terminal the page stays until Ctrl-C.'
