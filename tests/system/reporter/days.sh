#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks that osft-reporter keeps going through faults that last for three days: the service refuses, throttles or is
# unavailable, its port is closed, or DNS does not respond. Each fault must be reported once, and its end must need no
# restart. The instances must be polled at their interval. No event may be lost or reported twice. Log, state and memory
# must not grow. The days pass within seconds, because the clocks leap ahead while the reporter sleeps
# (tests/tools/leap.c). So no check depends on the speed of the machine.
# shellcheck disable=SC2154,SC2317 # variables of the sourced files; functions are called by others
set -u
. tests/tools/mounts.sh
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/reporter.sh
. tests/tools/fleet.sh
. tests/tools/told.sh
. tests/tools/leap.sh
umask 077
: >"$T/out"

fleet=2      # number of instances; each is polled every 5 minutes
attempts=4   # the most attempts of a poll when the service asks for a retry
first=130    # the number of the first request that is refused: a fault of the service begins within the first 6 hours
polls=1900   # polls of all instances that are refused: a fault of the service ends some hours after the three days
growth=65536 # the most bytes that memory may grow by during the fault
export EPOCH=1

if ! build_leap; then
    skip "faults that last for days" "$leap_missing"
    echo "1..$n"
    exit 0
fi
"$B/osft-reporter" --version >"$T/version" || exit 1
has_page=0 has_broker=0
if grep -q '^with libmicrohttpd' "$T/version" && command -v curl >/dev/null; then
    has_page=1
fi
if grep -q '^with libmosquitto' "$T/version" && PATH=$PATH:/usr/sbin command -v mosquitto >/dev/null &&
    command -v mosquitto_sub >/dev/null; then
    has_broker=1
    start_broker
    export OSFT_LEAP_BROKER="$fleet_broker_port"
    subscribe 'osft/+/event' 'osft/+/status'
fi

# start_service ARGUMENTS...: Start an endpoint with the reporter's clocks. Every two hours a run starts, which takes
# about 40 minutes; one run in nine vanishes halfway.
start_service() {
    rm -f "$T/events"
    start_leaping --events "$T/events" --ca-out "$T/ca.pem" --generate 0 --arrive-ms 7200000 --run-ms 2400000 \
        --vanish-every 9 "$@"
}
# watch_service HOST: Start a reporter with all channels, which calls the service at HOST, and wait until its first
# polls have succeeded.
watch_service() {
    stop_reporter
    rm -rf "$T/state" "$T/osft.prom"
    mkdir "$T/state"
    : >"$T/told"
    : >"$T/err"
    [ $has_broker -eq 0 ] || : >"$T/peer"
    set -- --set "defaults.endpoint=$1:$port" --set defaults.app=my_app --set defaults.function=ctr \
        --set defaults.interval=5m --set "defaults.ca=$T/ca.pem" --set "reporter.state=$T/state" \
        --set "textfile.path=$T/osft.prom" --set "hook.command=$tell"
    for i in $(seq $fleet); do
        set -- "$@" --set "instance i$i.instance=i$i"
    done
    [ $has_page -eq 0 ] || set -- "$@" --set http.port=0
    [ $has_broker -eq 0 ] || set -- "$@" --set mqtt.host=127.0.0.1 --set "mqtt.port=$fleet_broker_port" \
        --set mqtt.client_id=reporter
    OSFT_LEAP_UNTIL=$T/leap.until with_leap "$B/osft-reporter" "$@" 2>>"$T/err" </dev/null &
    reporter=$!
    until_true are_up 1
    [ $has_page -eq 0 ] || find_url
    : >"$T/err"
}
are_up() { # UP: Whether the text file gives this value of osft_up, 1 or 0, for all instances.
    [ "$(grep -cs "^osft_up{.* $1\$" "$T/osft.prom" || true)" = "$fleet" ]
}
# has_health CODE: Whether /healthz responds with this status. A response with status 503 must also have a line for each
# instance.
has_health() {
    [ "$(curl -s -m 60 -o "$T/health" -w '%{http_code}' "$url/healthz")" = "$1" ] &&
        { [ "$1" != 503 ] || [ "$(grep -cE '(^|[^a-z0-9])i[0-9]' "$T/health")" -eq "$fleet" ]; }
}
# all_say TEXT: Whether the reporter has printed exactly one line with the text for each instance.
all_say() {
    for i in $(seq $fleet); do
        [ "$(grep -F "[i$i] " "$T/err" | grep -cF -e "$1")" -eq 1 ] || return 1
    done
}
# were_told UP COUNT: Whether the broker's subscriber has received COUNT statuses of each instance with this value of
# "up".
were_told() {
    for i in $(seq "$fleet"); do
        [ "$(grep "^osft/i$i/status " "$T/peer" | grep -c "\"up\":$1")" -eq "$2" ] || return 1
    done
}
# print_spacing FROM_MS: Print three numbers about the polls of the first instance since FROM_MS, from the endpoint's log:
# the number of polls, the shortest time between the beginnings of two polls in seconds, and the most requests of a poll.
print_spacing() {
    awk -v from_ms="$1" '$3 ~ /\/i1\// {
        ms = $(NF - 1)
        sub(/ms=/, "", ms)
        if (ms - from_ms < 0) next
        requests++
        if (ms - last_ms > 120000) {
            if (polls++ && (shortest == "" || ms - began_ms < shortest)) shortest = ms - began_ms
            began_ms = ms
            requests = 1
        }
        if (requests > most) most = requests
        last_ms = ms
    } END { printf "%d %d %d", polls, shortest / 1000, most }' "$T/log"
}

# check_outage NAME TEXT BEGIN END: Check a fault. The command BEGIN begins the fault, and END ends it. Each of them is
# `:` when the endpoint itself begins or ends the fault. TEXT is a part of the reporter's message.
check_outage() {
    leap_ahead $((6 * 60))
    $3
    leap_ahead $((24 * 60))
    warm_bytes=$(own_memory) from_ms=$(leap_now_ms) before=$(ended_polls "$T/osft.prom")
    cp -r "$T/state" "$T/state.before"
    leap_ahead $((48 * 60))
    made=$(($(ended_polls "$T/osft.prom") - before)) due=$((($(leap_now_ms) - from_ms) / 300000))
    echo "# $1: $(wc -l <"$T/err") lines, $(wc -c <"$T/err") bytes of log in three days"
    all_say "$2" && [ "$(wc -l <"$T/err")" -eq $fleet ] && are_up 0
    result $? "$1 for three days: each instance reports it once"
    echo "# $made polls in two days; those of i1 in the endpoint's log, the shortest time between two in seconds," \
        "the most requests of one: $(print_spacing "$from_ms")"
    [ "$due" -ge 576 ] && [ $made -ge $(((due - 1) * fleet)) ] && [ $made -le $(((due + 1) * fleet)) ] &&
        has_right_spacing "$from_ms"
    result $? "... polls are as far apart as before"
    diff -r "$T/state.before" "$T/state" >"$T/out"
    result $? "... the state files have not changed"
    rm -rf "$T/state.before"
    if [ $has_page -eq 1 ]; then
        has_health 503
        result $? "... /healthz is 503, and names each instance"
    fi
    if [ $has_broker -eq 1 ]; then
        until_true were_told false 1
        result $? "... the broker was told once"
    fi
    end_bytes=$(own_memory)
    echo "# memory: $warm_bytes bytes after a day, $end_bytes after three days"
    [ -z "$warm_bytes" ] || [ "$end_bytes" -le $((warm_bytes + growth)) ]
    result $? "... memory does not grow"
    check_recovery "$4"
}
# has_right_spacing FROM_MS: Whether the endpoint's log shows that polls are as far apart as without a fault. If no
# request has reached the endpoint, the log shows nothing, and the check passes.
has_right_spacing() {
    # shellcheck disable=SC2046 # three numbers
    set -- $(print_spacing "$1")
    [ "$1" -eq 0 ] ||
        { [ "$1" -ge $((due - 1)) ] && [ "$1" -le $((due + 1)) ] && [ "$2" -ge 270 ] && [ "$3" -le $attempts ]; }
}
# check_recovery END: End the fault by this command, and check that the reporter reports its end and polls successfully
# again.
check_recovery() {
    $1
    leap_ahead $((12 * 60))
    all_say 'the service responds again' && [ "$(wc -l <"$T/err")" -eq $((2 * fleet)) ] && are_up 1 &&
        { [ $has_page -eq 0 ] || has_health 200; } && { [ $has_broker -eq 0 ] || until_true were_told false 1; }
    result $? "... its end is reported once, and all is well again"
    until_ms=$(($(leap_now_ms) - 900000)) epoch=1 least_events=120
    compared "... no event is lost or told twice to the command" "$T/told" compare
    if [ $has_broker -eq 1 ]; then
        compared "... nor to the broker" "$T/messages" compare_messages
    fi
    echo "# memory: $(own_memory) bytes after the fault"
}

# --- the service ---
for fault in "refuse=Forbidden.RAM:$polls:403, Forbidden.RAM" "throttle:$((polls * attempts)):429, Throttling.User" \
    "status=503:$((polls * attempts)):HTTP 503"; do
    text=${fault##*:} fault=${fault%:*}
    start_service --fault "$fault@$first"
    watch_service 127.0.0.1
    check_outage "a service that sends ${fault%:*}" "$text" : :
done

# --- the name ---
name=service.osft.example
# set_hosts LINE: Give the file of hosts this line only. For other names, the resolver asks a DNS server that does not
# exist.
set_hosts() {
    echo "$1" >"$T/hosts"
}
close_port() {
    set_hosts "127.99.99.99 $name"
}
lose_name() {
    set_hosts '# nothing'
}
restore_name() {
    set_hosts "127.0.0.1 $name"
}
if [ "$OSFT_OWN_MOUNTS" != yes ]; then
    skip "a port that is closed, and DNS that is gone" "this machine permits no mounts of its own"
elif [ ! -e /etc/hosts ] || [ ! -e /etc/resolv.conf ] || [ ! -e /etc/nsswitch.conf ]; then
    skip "a port that is closed, and DNS that is gone" "a file of the resolver's is missing in /etc"
else
    own_file /etc/hosts "127.0.0.1 $name"
    own_file /etc/resolv.conf 'nameserver 127.99.99.99'
    own_file /etc/nsswitch.conf 'hosts: files dns'
    # The endpoint closes each connection, so that each poll looks the name up.
    for fault in 'a closed port:Connection refused:close_port' \
        'a lost name:the host name has no address:lose_name'; do
        text=${fault#*:}
        start_service --names $name --fault close
        watch_service $name
        check_outage "${fault%%:*}" "${text%:*}" "${text#*:}" restore_name
    done
fi

stop_reporter
[ "$status" -eq 0 ]
result $? "SIGTERM ends the reporter with status 0"
echo "1..$n"
exit "$failed"
