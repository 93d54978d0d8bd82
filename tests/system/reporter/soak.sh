#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs osft-reporter for long: 20 instances are polled POLLS times in all, through random faults, and the reported
# events are compared with the endpoint's record. Then the reporter is killed repeatedly. Prints TAP.
# usage: OSFT_BUILD=BUILD sh tests/system/reporter/soak.sh [POLLS [SEED [INTERVAL]]]
#   INTERVAL  of each instance; for less than 1s, the reporter must be built as `make reporter-soak` builds it
# shellcheck disable=SC2154 # $port is of endpoint.sh
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/reporter.sh
. tests/tools/fleet.sh
. tests/tools/told.sh

polls=${1:-400} seed=${2:-1} interval=${3:-1s}
kills=$((polls / 1000 + 5))
growth=524288 # the most bytes that memory may grow by, because a handshake, a page or an event may need memory
# shellcheck disable=SC2317 # called by the trap
quit() {
    [ -z "$pid" ] || kill -CONT "$pid" 2>/dev/null
    end_fleet
}
trap quit EXIT

# draw N: Set $drawn to a random number below N. The same seed gives the same numbers.
random=$seed
draw() {
    random=$(((random * 1103515245 + 12345) % 2147483648))
    drawn=$((random / 65536 % $1))
}
now_ms() {
    date +%s%3N
}
begin() {
    epoch=$((epoch + 1))
    rm -f "$T/osft.prom"
    export EPOCH=$epoch
    begun_ms=$(now_ms)
    start_reporter --config "$T/fleet.conf"
}
# has_ended N: Whether at least N polls have ended, or the reporter has ended.
has_ended() {
    [ "$(ended_polls "$T/osft.prom")" -ge "$1" ] 2>/dev/null || ! kill -0 "$reporter" 2>/dev/null
}

# disturb: With some probability, stop the endpoint for longer than a poll may take, reload the configuration, or read
# the page.
disturb() {
    draw 40
    case $drawn in
    0)
        kill -STOP "$pid"
        sleep 3
        kill -CONT "$pid"
        stops=$((stops + 1))
        ;;
    1 | 2)
        kill -HUP "$reporter"
        reloads=$((reloads + 1))
        ;;
    3 | 4 | 5)
        [ -z "$url" ] || curl -s -m 30 "$url/" "$url/metrics" >"$T/page"
        ;;
    esac
}

# --- the endpoint, the broker and the configuration ---
epoch=0 stops=0 reloads=0 url=''
set -- "ca = $T/ca.pem" "interval = $interval" 'timeout = 2s' '[reporter]' "state = $T/state" '[textfile]' \
    "path = $T/osft.prom" '[hook]' \
    "command = $tell"
"$B/osft-reporter" --version >"$T/out" || exit 1
if ! grep -q '^with libinih' "$T/out"; then
    skip "a soak of the reporter" "osft-reporter was built without libinih"
    echo "1..$n"
    exit 0
fi
has_page=0 has_broker=0
if grep -q '^with libmicrohttpd' "$T/out" && command -v curl >/dev/null; then
    has_page=1
    set -- "$@" '[http]' 'port = 0'
fi
if grep -q '^with libmosquitto' "$T/out" && PATH=$PATH:/usr/sbin command -v mosquitto >/dev/null &&
    command -v mosquitto_sub >/dev/null; then
    has_broker=1
    start_broker
    set -- "$@" '[mqtt]' 'host = 127.0.0.1' "port = $fleet_broker_port" 'client_id = reporter'
    subscribe 'osft/+/event'
fi
mkdir "$T/state"
: >"$T/told"
start --ca-out "$T/ca.pem" --generate 20 --run-seconds 1 --arrive-ms 2500 --run-ms 1500 --vanish-every 5 \
    --fault chaos=20 --fault stall:1@55 --fault stall:1@333 --fault stall:2@3333 --fault skew=4000:20@150 \
    --seed "$seed" --events "$T/events"
write_fleet 10 "$@"

# --- faults, without kills ---
begin
# During the first polls memory grows, because the histories of the instances fill up, and the page and the broker
# allocate their buffers.
warm=$((polls / 3)) warm_bytes=''
[ "$warm" -ge $((fleet * 12)) ] || warm=$((fleet * 12))
while ! has_ended "$polls"; do
    [ "$has_page" = 0 ] || [ -n "$url" ] || find_url
    [ -n "$warm_bytes" ] || ! has_ended "$warm" || warm_bytes=$(own_memory)
    disturb
    sleep 0.5
done
until_ms=$(now_ms)
end_bytes=$(own_memory)
ended=$(ended_polls "$T/osft.prom")
faults=$(grep -vcE 'fault=(-|chaos)$' "$T/log")
echo "# $ended polls; $(wc -l <"$T/log") requests, $faults of them with a fault"
echo "# $stops times the endpoint stood still; $reloads times the configuration was read again"
kill -0 "$reporter" 2>/dev/null && [ "$ended" -ge "$polls" ] && [ $((faults * 10)) -ge "$ended" ]
result $? "the reporter goes on polling through faults"
compared "no event is lost or told twice to the command" "$T/told" compare
if [ "$has_broker" = 1 ]; then
    compared "... nor to the broker" "$T/messages" compare_messages
else
    skip "... nor to the broker" "there is no libmosquitto, or no mosquitto"
fi
! grep -E '^osft_(hook|mqtt)_events_dropped_total [1-9]' "$T/osft.prom"
result $? "... and no event was dropped"
if grep -qs fsanitize "$B/obj/flags"; then
    skip "memory does not grow" "the sanitizers have memory of their own"
elif [ -z "$warm_bytes" ] || [ -z "$end_bytes" ]; then
    skip "memory does not grow" "/proc is not mounted"
else
    echo "# memory: $warm_bytes bytes after $warm polls, $end_bytes at the end"
    [ "$end_bytes" -le $((warm_bytes + growth)) ]
    result $? "memory does not grow"
fi

# --- SIGKILL ---
for _ in $(seq $kills); do
    draw 2000
    sleep "$((drawn / 1000)).$(printf %03d $((drawn % 1000)))"
    { kill -9 "$reporter"; wait "$reporter"; } 2>/dev/null
    begin
done
until_true has_ended $((fleet * 3))
until_ms=$(now_ms)
compared "through $kills SIGKILLs no event is lost but what README.md names, or reported twice by one process" "$T/told" compare
kill "$reporter" && wait "$reporter"
status=$?
reporter=
[ "$status" -eq 0 ]
result $? "SIGTERM ends the reporter with status 0"

echo "1..$n"
exit "$failed"
