# SPDX-License-Identifier: Apache-2.0
# For scripts that compare the events that osft-reporter has reported with the events of the endpoint; sourced after
# fleet.sh. The instances are i1 to iN, where N is $fleet. The endpoint writes its events into $T/events. The script
# sets $until_ms, $epoch and, when it kills the reporter, $begun_ms, which compare.awk explains.
# shellcheck shell=sh disable=SC2154 # variables of the script
# $tell is the hook command of the reporter, which adds a line for each event to $T/told. $EPOCH is the number of the
# reporter's start.
# shellcheck disable=SC2016,SC2034 # the variables are those of the command; used by the script
tell='echo "$EPOCH $OSFT_INSTANCE $OSFT_EVENT $OSFT_ID ${OSFT_GENERATION:--} $OSFT_PROGRESS" >>'"$T/told"

# subscribe TOPIC...: Write the messages of the broker into $T/peer, in the background, and wait until the first message
# arrives.
subscribe() {
    topics=
    for topic in "$@"; do
        topics="$topics -t $topic"
    done
    : >"$T/peer"
    until_true mosquitto_pub -h 127.0.0.1 -p "$fleet_broker_port" -t probe -m x 2>/dev/null
    # shellcheck disable=SC2086 # words
    stdbuf -oL mosquitto_sub -h 127.0.0.1 -p "$fleet_broker_port" -c -i peer -q 1 $topics -t ready -F '%t %p' \
        >>"$T/peer" 2>/dev/null &
    subscriber=$!
    until_true sh -c "mosquitto_pub -h 127.0.0.1 -p $fleet_broker_port -t ready -m x; grep -q ready '$T/peer'" \
        2>/dev/null
}
# own_memory: Print the size of the reporter's anonymous memory in bytes; nothing where the kernel does not report this.
own_memory() {
    awk '$1 == "RssAnon:" { print $2 * 1024 }' "/proc/$reporter/status" 2>/dev/null
}
# compare TOLD: Compare the events that a channel has reported with those of the endpoint up to $until_ms. Reading the
# endpoint's log can take seconds. The reported events are copied first, so that the endpoint's record, which is read
# later, has all of them.
# shellcheck disable=SC2317 # called by until_true
compare() {
    cp "$1" "$T/reported"
    awk -v instances="$fleet" -v until_ms="$until_ms" -v epochs="$epoch" \
        -v begun_ms="${begun_ms:-0}" -f tests/system/reporter/compare.awk "$T/events" "$T/log" "$T/reported" >"$T/compared"
}
# compared NAME TOLD COMMAND: Repeat COMMAND, which compares, until it finds that all events in TOLD are right. Check
# that at least $least_events events happened.
compared() {
    until_true "$3" "$2"
    status=$?
    sed 's/^/# /' "$T/compared"
    [ "$status" -eq 0 ] &&
        [ "$(sed -n 's/^\([0-9]*\) events.*/\1/p' "$T/compared")" -ge "${least_events:-$((fleet * 4))}" ]
    result $? "$1"
}
# write_messages: Write the events that the broker has received into $T/messages, in the form that compare.awk reads.
# shellcheck disable=SC2317 # called by compare_messages
write_messages() {
    sed -n 's/^osft\/\(i[0-9]*\)\/event {.*"event":"\([a-z]*\)","id":"\([0-9a-f]*\)"/1 \1 \2 \3 &/p' "$T/peer" |
        awk '{ g = p = "-"
            if (match($0, /"generation":"[0-9]*"/)) g = substr($0, RSTART + 14, RLENGTH - 15)
            if (match($0, /"progress":[0-9]*/)) p = substr($0, RSTART + 11, RLENGTH - 11)
            print $1, $2, $3, $4, g, p }' >"$T/messages"
}
# shellcheck disable=SC2317 # called by until_true
compare_messages() {
    write_messages
    compare "$1"
}
