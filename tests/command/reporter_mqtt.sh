#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks osft-reporter with a real MQTT broker: what --check refuses; that events arrive while the broker and the
# reporter are stopped and started; the last will; and that the password is never printed.
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/reporter.sh
. tests/tools/broker.sh
umask 077
peer=''
"$B/osft-reporter" --version >"$T/out"
if ! grep -q '^with libmosquitto' "$T/out"; then
    skip "events over MQTT" "osft-reporter was built without libmosquitto"
    echo "1..$n"
    exit 0
fi

# --- what --check refuses ---
check() { # SETTING...: Run --check for an instance with these settings.
    check_reporter --set 'instance a.app=my_app' --set 'instance a.function=ctr' --set 'instance a.instance=t' \
        --set 'instance a.endpoint=127.0.0.1:1' --set 'instance a.plain_http=yes' "$@"
}
refused() { # NAME TEXT SETTING...: Check that the settings are refused, with one message that has this text.
    name=$1 text=$2
    shift 2
    check --set mqtt.host=broker.example "$@"
    [ "$status" -eq 2 ] && [ "$(wc -l <"$T/err")" -eq 1 ] && says "$text"
    result $? "$name"
}
SECRET_OF_BROKER=sEcReT-0f-the-br0ker
echo $SECRET_OF_BROKER >"$T/password"
echo $SECRET_OF_BROKER >"$T/open" && chmod 644 "$T/open"
printf 'one\ntwo\n' >"$T/two"
check --set mqtt.host=broker.example
[ "$status" -eq 0 ] && [ ! -s "$T/err" ]
result $? "the section needs only a host"
check --set mqtt.topic=osft
[ "$status" -eq 2 ] && says host
result $? "a section without a host is refused"
for host in mqtt://b b:1883 b/ 'b c' '[::1]'; do
    check --set "mqtt.host=$host"
    [ "$status" -eq 2 ] && [ "$(wc -l <"$T/err")" -eq 1 ] && says '[mqtt] host: this is no name' &&
        says 'such as port = 1883'
    result $? "the host $host is refused, with advice"
done
check --set mqtt.host=fe80::1%lo
[ "$status" -eq 0 ]
result $? "... and an IPv6 address is accepted"
check --set mqtt.host=b --set mqtt.user=token
[ "$status" -eq 0 ] && [ ! -s "$T/err" ]
result $? "... and so is a user without a password, as some brokers need no more"
check --set mqtt.host=b:1 --set mqtt.topic=a/# --set mqtt.discovery_topic=+ \
    --set mqtt.certificate=/x --set "mqtt.password_file=$T/password" --set mqtt.queue_file=/no/x
[ "$status" -eq 2 ] && [ "$(wc -l <"$T/err")" -eq 6 ]
result $? "all faults of the section are reported"
check --set mqtt.host=b --set mqtt.queue_size=9
says '[mqtt] queue_size: '"'9'"' cannot be used; write a number of KiB, from 64 to 65536, such as 256'
result $? "a size of the queue beyond its bounds is refused"
refused "a topic with a wildcard is refused" "[mqtt] topic: 'site/+' cannot be the beginning of topics" \
    --set 'mqtt.topic=site/+'
refused "... and a topic that is the broker's own" '[mqtt] topic: ' --set 'mqtt.topic=$SYS'
refused "... and a topic that begins with a slash" '[mqtt] discovery_topic: ' --set mqtt.discovery_topic=/ha
for name in 'a+' 'a#' 'a/b'; do
    check --set mqtt.host=broker.example --set "instance $name.instance=t"
    [ "$status" -eq 2 ]
    result $? "an instance whose name is $name is refused"
done
refused "a client id with a wildcard is refused" '[mqtt] client_id: ' --set 'mqtt.client_id=a#'
refused "a file for TLS without TLS is refused" 'write tls = yes' --set "mqtt.ca_file=$T/password"
refused "a file that does not exist is refused" '[mqtt] ca_file: ' --set mqtt.tls=yes --set "mqtt.ca_file=$T/none"
refused "a certificate without its key is refused" 'write key as well' --set mqtt.tls=yes \
    --set "mqtt.certificate=$T/password"
refused "a password without a user is refused" 'write user as well' --set mqtt.tls=yes \
    --set "mqtt.password_file=$T/password"
refused "a password without TLS is refused" 'plain_password = yes' --set mqtt.user=u \
    --set "mqtt.password_file=$T/password"
refused "a password that others can read is refused" '(mode 0644)' --set mqtt.user=u --set mqtt.tls=yes \
    --set "mqtt.password_file=$T/open"
refused "a file of two lines is no password" 'no password of one line' --set mqtt.user=u --set mqtt.tls=yes \
    --set "mqtt.password_file=$T/two"
refused "a queue in a folder that does not exist is refused" 'its folder is not there' \
    --set "mqtt.queue_file=$T/none/queue"
check --set mqtt.host=broker.example --set mqtt.user=u --set "mqtt.password_file=$T/password" \
    --set mqtt.plain_password=yes --set "mqtt.queue_file=$T/queue"
[ "$status" -eq 0 ] && [ ! -e "$T/queue" ]
result $? "--check writes no queue"

# --- a broker ---
if ! { command -v mosquitto && command -v mosquitto_sub && command -v mosquitto_passwd; } >/dev/null; then
    skip "events with a real broker" "mosquitto and its clients are not installed"
    echo "1..$n"
    exit $failed
fi
# shellcheck disable=SC2317 # called by the trap
quit() {
    # On SIGTERM, mosquitto_sub disconnects before it ends, and it never ends when the broker has just gone.
    [ -z "$peer" ] || { kill -9 "$peer" 2>/dev/null; wait "$peer" 2>/dev/null; }
    stop_broker
    stop_reporter
    stop
    rm -rf "$T"
}
trap quit EXIT
choose_broker_port
mosquitto_passwd -c -b "$T/passwords" gateway $SECRET_OF_BROKER 2>/dev/null
{
    [ "$(id -u)" -ne 0 ] || echo user root
    printf 'listener %s 127.0.0.1\nallow_anonymous false\npassword_file %s\n' "$broker_port" "$T/passwords"
    # Messages that the broker has accepted, and subscriptions, survive its restart.
    printf 'persistence true\npersistence_location %s/\nmax_queued_messages 0\n' "$T"
    # The broker delivers each message to the peer exactly once, so what comes again was sent again by the reporter.
    echo upgrade_outgoing_qos true
} >"$T/broker.conf"
# shellcheck disable=SC2034 # for broker.sh
broker_login="-u gateway -P $SECRET_OF_BROKER"
start_broker
# mosquitto_sub reconnects by itself.
stdbuf -oL mosquitto_sub -h 127.0.0.1 -p "$broker_port" -u gateway -P $SECRET_OF_BROKER -c -i peer -q 2 -t 'osft/#' \
    -t ready -F '%t %p' >"$T/peer" 2>/dev/null &
peer=$!
until_true sh -c "mosquitto_pub -h 127.0.0.1 -p $broker_port -u gateway -P $SECRET_OF_BROKER -t ready -m x; grep -q ready '$T/peer'"
result $? "the peer is connected with the broker"

mkdir "$T/state"
queue=$T/queue
begin() { # SETTING...: Start the reporter with these settings besides its own.
    start_reporter --set "reporter.state=$T/state" --set 'instance a.app=my_app' --set 'instance a.function=ctr' \
        --set 'instance a.instance=ctr_test' --set "instance a.endpoint=127.0.0.1:$port" \
        --set 'instance a.plain_http=yes' --set 'instance a.interval=1s' --set mqtt.host=127.0.0.1 \
        --set "mqtt.port=$broker_port" --set mqtt.user=gateway --set "mqtt.password_file=$T/password" \
        --set mqtt.client_id=gateway-7 --set mqtt.reconnect_max=1s --set "mqtt.queue_file=$queue" "$@"
}
# told [FILE]: Print the events that the peer has received, or those in FILE, as EVENT RUN. happened: Print the
# events of the endpoint in the same form.
told() {
    sed -n 's/^osft\/a\/event .*"event":"\([a-z]*\)".*"runId":"\([^"]*\)".*/\1 \2/p' "${1:-$T/peer}" |
        grep -v '^progressed'
}
happened() {
    awk '{ print $2, $4 }' "$T/events"
}
# shellcheck disable=SC2317 # called by until_true
has_told() {
    [ "$(told | wc -l)" -ge "$1" ]
}
# shellcheck disable=SC2317 # called by until_true
has_happened() {
    [ "$(wc -l <"$T/events")" -ge "$1" ]
}
start --plain-http --generate 0 --arrive-ms 300 --run-ms 600 --events "$T/events"
begin
flights=$(sed -n 's/^#define LINK_FLIGHTS *\([0-9]*\) .*/\1/p' examples/gateway/mqtt.h)
until_true has_told $((flights + 4)) # so many that not all of them may be sent again, as is checked below
result $? "events arrive"
waited=1
for _ in 1 2 3; do
    stop_broker
    now=$(wc -l <"$T/events")
    until_true has_happened $((now + 8))
    until_true test -s "$T/queue" || waited=0
    kill -9 "$reporter"
    wait "$reporter" 2>/dev/null
    begin
    until_true has_happened $((now + 16))
    start_broker
    until_true says 'connected with the broker'
done
until_true has_happened 60
happened | head -n 50 | sort >"$T/happened"
all_told() {
    told | sort -u | comm -23 "$T/happened" - >"$T/missing"
    [ ! -s "$T/missing" ]
}
until_true all_told
result $? "each event arrives, although the broker is stopped and the reporter is killed three times"
[ $waited -eq 1 ]
result $? "... and events that wait for the broker are in the file"
stop
is_sent() { # Whether no event waits for the broker.
    [ ! -s "$queue" ]
}
until_true is_sent
stop_reporter
until_true has_line "$T/peer" '^osft/availability offline$'
happened | sort >"$T/happened"
told | sort -u | comm -13 "$T/happened" - >"$T/invented"
[ ! -s "$T/invented" ]
result $? "... and no event that did not happen"
# When the broker has ended, the reporter sends those messages again that have no acknowledgement, in their order. These
# are at most LINK_FLIGHTS of mqtt.h, so a copy comes at most that many messages later. The broker ends three times.
grep '^osft/a/event ' "$T/peer" >"$T/messages"
awk -v flights="$flights" -v ends=3 '
    $0 in last && (NR - last[$0] > flights || ++copies[$0] > ends)
    { last[$0] = NR }' "$T/messages" >"$T/out"
sort -u "$T/messages" >"$T/once"
echo "# $(wc -l <"$T/messages") messages, of which $(wc -l <"$T/once") differ"
[ "${flights:-0}" -gt 0 ] && [ ! -s "$T/out" ]
result $? "... and only messages that the broker has not acknowledged are sent again"
# A process that is killed before it has saved its state may have told events. The next process tells them again, in
# other messages.
told "$T/once" | sort | uniq -c | awk '
    $1 > 1 { twice++ }
    $1 > 2 { more++ }
    END { print "# " NR " events, of which " twice + 0 " were told by two processes"; exit more || 2 * twice > NR }'
result $? "... and no event is told by more than two processes, and most by one"
[ ! -s "$T/queue" ]
result $? "the file of the queue is empty when nothing waits"
mosquitto_sub -h 127.0.0.1 -p "$broker_port" -u gateway -P $SECRET_OF_BROKER -C 1 -t osft/a/status >"$T/out"
grep -q '^{"reporter":"gateway-7","watch":"a","app":"my_app",.*"extendInfo":{' "$T/out"
result $? "the status is retained, with extendInfo as an object"

grep '^osft/a/event ' "$T/peer" | grep -qv '"watch":"a","app":"[^"]*","function":"[^"]*","functionInstance":"[^"]*"'
[ $? -eq 1 ]
result $? "... and each event names its instance"

# --- the last will ---
: >"$T/peer"
start --plain-http
begin
until_true has_line "$T/peer" '^osft/availability online$'
kill -9 "$reporter"
wait "$reporter" 2>/dev/null
reporter=
until_true has_line "$T/peer" '^osft/availability offline$'
result $? "a killed reporter is shown as offline"

# --- the password ---
echo wrong-$SECRET_OF_BROKER >"$T/password"
begin
until_true says 'no connection with the broker 127.0.0.1' && until_true says 'not authorised'
result $? "a wrong password is reported"
echo $SECRET_OF_BROKER >"$T/password"
until_true says 'connected with the broker'
result $? "... and read again when it has changed"
stop_reporter
! grep -rq "$SECRET_OF_BROKER" "$T/err" "$T/state" "$T/queue"
result $? "... and never printed"

# --- a user without a password ---
stop_broker
printf 'user token\ntopic readwrite osft/#\n' >"$T/access"
{ write_open_broker && echo "acl_file $T/access" >>"$T/broker.conf"; } && start_broker
start_reporter --set 'instance a.app=my_app' --set 'instance a.function=ctr' --set 'instance a.instance=t' \
    --set 'instance a.endpoint=127.0.0.1:1' --set 'instance a.plain_http=yes' --set mqtt.host=127.0.0.1 \
    --set "mqtt.port=$broker_port" --set mqtt.user=token
mosquitto_sub -h 127.0.0.1 -p "$broker_port" -u token -W 60 -C 1 -t osft/availability 2>/dev/null | grep -q online
result $? "a broker that knows users by their names alone lets such a user publish"
stop_reporter

# --- a queue's file that cannot be used ---
echo precious >"$T/precious"
queue=$T/precious broker_port=1
rm -rf "$T/state/"*
{ task 3 running 10; task 2 success 100; task 1 running 20; } >"$T/tasks"
start --plain-http --tasks "$T/tasks"
begin --set "textfile.path=$T/osft.prom"
until_true polls 13 # the reporter tries the file again after ten seconds
counts 'it holds something else' 1
result $? "a queue's file that cannot be used is reported once"
has_line "$T/osft.prom" '^osft_events_total.*event="started"} 2$' && [ ! -e "$T/state/a.state" ]
result $? "... and a state is not saved while events wait for the channel"
rm "$T/precious"
until_true says "mqtt: the queue's file can be read again"
result $? "... and so is that it can"
until_true test -e "$T/state/a.state" && grep -aq '"event":"started".*run-3' "$T/precious" &&
    grep -aq '"event":"started".*run-1' "$T/precious" &&
    has_line "$T/osft.prom" '^osft_reporter_dropped_events_total{channel="mqtt"} 0$'
result $? "... and the events that waited are in the file"
stop_reporter # the reporter writes both files once more when it ends
rm -rf "$T/state/"*
echo precious >"$T/precious"
large=$(head -c 9000 /dev/zero | tr '\0' 7)
for g in $(seq 40 -1 1); do task "$g" running 1; done | sed "s/0[.]77/0.$large/" >"$T/tasks"
start --plain-http --tasks "$T/tasks"
begin --set "textfile.path=$T/osft.prom"
until_true has_line "$T/osft.prom" '^osft_reporter_dropped_events_total{channel="mqtt"} 1[0-9]$' &&
    counts 'mqtt: events are dropped, as too many wait until the channel can be started' 1
result $? "... and events for which there is no room are counted, and reported once"
stop_reporter

echo "1..$n"
exit $failed
