#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks that osft-reporter survives these faults: a resolver that is gone or silent, a clock that jumps by years, a
# disk that is full or read-only, a proxy that is gone. Each fault must be reported once, and its end must need no
# restart. No event may be lost or reported twice. (reporter_watch.sh has faults of the service and of credentials,
# reporter_mqtt.sh has faults of a broker.)
# shellcheck disable=SC2317 # functions are called by until_true
set -u
. tests/tools/mounts.sh
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/reporter.sh
umask 077
: >"$T/out"
helper='' # process id of a resolver or a proxy
stop_helper() {
    [ -z "$helper" ] || { kill "$helper"; kill -CONT "$helper"; wait "$helper"; } 2>/dev/null
    helper=
}
quit() {
    stop_helper
    stop_reporter
    stop
    ! mountpoint -q "$T/disk" || umount -l "$T/disk"
    rm -rf "$T"
}
trap quit EXIT

# --- an endpoint whose runs start and end all the time, and a reporter that watches it ---
F=$T/osft.prom
# shellcheck disable=SC2016 # the variables are those of the command
tell='echo "$OSFT_EVENT $OSFT_GENERATION" >>'"$T/told"
start_endpoint() { # ARGUMENTS...: Start the endpoint, with further arguments.
    rm -f "$T/events"
    start --generate 0 --arrive-ms 400 --run-ms 700 --events "$T/events" "$@"
}
# watch SETTING...: Start a reporter with one instance, and wait until it has reported its first events.
watch() {
    stop_reporter # the last commands of a reporter write into the file
    rm -f "$T/told"
    start_watching "$@"
    until_true told 3
}
start_watching() { # SETTING...: Start the reporter without removing the events that were reported before.
    start_reporter --set defaults.app=my_app --set defaults.function=ctr --set defaults.interval=1s \
        --set defaults.timeout=5s --set 'instance a.instance=one' --set "hook.command=$tell" "$@"
}
told() { # COUNT: Whether at least so many events were reported.
    [ "$(wc -l 2>/dev/null <"$T/told" || echo 0)" -ge "$1" ]
}
value() { # METRIC: Print the sum of the metric's samples.
    sed -n "s/^$1{watch=\"a\",[^ ]* //p" "$F" | awk '{ n += $1 } END { printf "%d", n }'
}
at_least() { # METRIC NUMBER: Whether the metric has reached the number.
    [ "$(value "$1")" -ge "$2" ]
}
# wait_for_growth METRIC COUNT: Wait until the metric has grown by that much.
wait_for_growth() {
    until_true at_least "$1" $(($(value "$1") + $2))
}
# all_told: Whether each event in $T/happened was reported. Missing ones go to $T/lost.
all_told() {
    sort -u "$T/told" | comm -13 - "$T/happened" >"$T/lost"
    [ ! -s "$T/lost" ]
}
# note_events: Copy the endpoint's events so far to $T/happened, from the first run that was reported.
note_events() {
    first=$(sed -n '1s/.* //p' "$T/told")
    cut -d ' ' -f 2,3 "$T/events" | awk -v first="$first" '$2 >= first' | sort -u >"$T/happened"
}
# check_events NAME [MANY]: Check that each event so far is reported once. With MANY, an event may be reported more
# than once.
check_events() {
    : >"$T/log"
    until_true polls 3
    note_events
    until_true all_told && [ "$(wc -l <"$T/happened")" -ge 20 ] &&
        { [ -n "${2:-}" ] || [ -z "$(grep -v '^progressed' "$T/told" | sort | uniq -d | tee "$T/lost")" ]; }
    result $? "$1"
    [ ! -s "$T/lost" ] || sed 's/^/# lost, or told twice: /' "$T/lost"
}
# reports_once TEXT: Whether the reporter prints the text, and no other message until five more polls have failed.
reports_once() {
    until_true says "$1" && wait_for_growth osft_poll_errors_total 5 && counts "$1" 1 && [ "$(wc -l <"$T/err")" -eq 1 ]
}
# heals: Whether the reporter prints once that the service responds again, and prints nothing else.
heals() {
    until_true says 'the service responds again' && wait_for_growth osft_polls_total 3 && [ "$(wc -l <"$T/err")" -eq 2 ]
}

# --- a proxy ---
if sh tests/tools/need.sh tinyproxy-bin 2>"$T/why"; then
    start # on a free port, which the proxy gets next
    proxy=$port
    printf '%s\n' "Port $proxy" 'Listen 127.0.0.1' 'Allow 127.0.0.1' 'Timeout 60' "LogFile \"$T/proxy.log\"" \
        >"$T/proxy.conf"
    start_endpoint --ca-out "$T/ca.pem"
    start_proxy() {
        tinyproxy -d -c "$T/proxy.conf" >"$T/proxy.err" 2>&1 &
        helper=$!
    }
    start_proxy
    watch --set "defaults.endpoint=127.0.0.1:$port" --set "defaults.ca=$T/ca.pem" --set "textfile.path=$F" \
        --set "defaults.proxy=http://127.0.0.1:$proxy"
    : >"$T/err" # the proxy may have begun later than the reporter
    stop_helper
    reports_once "(proxy 127.0.0.1:$proxy)"
    result $? "a proxy that is gone is reported once"
    start_proxy
    heals
    result $? "... and its return is reported once"
    check_events "... and no event was lost or told twice meanwhile"
    stop_helper
else
    skip "a proxy that is gone" "$(tail -n 1 "$T/why")"
fi

# --- a resolver ---
PATH=$PATH:/usr/sbin
# A loopback address that no other run of this test uses at the same time.
resolver=127.$(($$ / 62500 + 1)).$(($$ / 250 % 250)).$(($$ % 250 + 1))
name=service.osft.example
# With --local the name has no IPv6 address. Without --local, dnsmasq refuses the query for an IPv6 address, and musl
# goes on waiting.
start_resolver() {
    dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --pid-file= --user=root \
        --listen-address=$resolver --bind-interfaces --address="/$name/127.0.0.1" --local="/$name/" \
        2>"$T/resolver.err" &
    helper=$!
    until_true resolves
}
resolves() {
    getent ahostsv4 "$name" >/dev/null || ! kill -0 "$helper" 2>/dev/null
}
cannot=
if [ "$OSFT_OWN_MOUNTS" != yes ]; then
    cannot='this machine permits no mounts of its own'
elif [ ! -e /etc/resolv.conf ] || [ ! -e /etc/nsswitch.conf ]; then
    cannot='there is no /etc/resolv.conf or no /etc/nsswitch.conf'
elif ! sh tests/tools/need.sh dnsmasq-base 2>"$T/why"; then
    cannot=$(tail -n 1 "$T/why")
else
    # A lookup without a response takes two minutes. The next checks end sooner, so they have not waited for the lookup.
    own_file /etc/resolv.conf "nameserver $resolver
options timeout:30 attempts:4"
    own_file /etc/nsswitch.conf 'hosts: files dns'
    start_resolver
    kill -0 "$helper" 2>/dev/null || cannot="dnsmasq cannot listen: $(tail -n 1 "$T/resolver.err")"
fi
if [ -z "$cannot" ]; then
    # The endpoint closes each connection, so that each poll looks the name up.
    start_endpoint --names $name --ca-out "$T/ca.pem" --fault close
    watch --set "defaults.endpoint=$name:$port" --set "defaults.ca=$T/ca.pem" --set "textfile.path=$F"
    : >"$T/err"
    stop_helper
    reports_once "[a] "
    result $? "a resolver that is gone is reported once"
    start_resolver
    heals
    result $? "... and its return is reported once"
    check_events "... and no event was lost or told twice meanwhile"
    : >"$T/err"
    kill -STOP "$helper"
    reports_once "[a] "
    result $? "a resolver that is silent is reported once, and does not stop the reporter"
    kill -CONT "$helper"
    heals
    result $? "... and its next response is reported once"
    check_events "... and no event was lost or told twice meanwhile"
    kill -STOP "$helper"
    wait_for_growth osft_poll_errors_total 1
    stop_reporter
    [ "$status" -eq 0 ]
    result $? "... and SIGTERM ends a reporter that waits for the resolver"
    stop_helper
else
    skip "a resolver that is gone" "$cannot"
fi

# --- the clock ---
sh tests/tools/need.sh faketime 2>"$T/why"
fake=$(find /usr/lib -name libfaketime.so.1 2>/dev/null | head -n 1)
# faked COMMAND...: Run the command in place of this process, with a faked clock. $T/clock has its offset, which may
# change. The monotonic clock is not faked.
faked() {
    exec env "LD_PRELOAD=$fake" "FAKETIME_TIMESTAMP_FILE=$T/clock" FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 \
        DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1 FAKETIME_DISABLE_SHM=1 "$@"
}
set_clock() { # OFFSET: Set the offset of the faked clock.
    echo "$1" >"$T/clock.new" && mv "$T/clock.new" "$T/clock"
}
set_clock +0
if [ -z "$fake" ]; then
    skip "a clock that jumps" "there is no libfaketime: $(tail -n 1 "$T/why")"
elif ! ldd "$B/osft-reporter" >/dev/null 2>&1 || ! (faked "$B/osft-reporter" --version) >/dev/null 2>&1; then
    skip "a clock that jumps" "this reporter cannot be given another library: it is static, or has sanitizers"
else
    start_faked() {
        stop_reporter
        rm -f "$T/told" "$F"
        : >"$T/err"
        faked "$B/osft-reporter" --set "defaults.endpoint=127.0.0.1:$port" --set defaults.app=my_app \
            --set defaults.function=ctr --set defaults.interval=1s --set 'instance a.instance=one' \
            --set "textfile.path=$F" --set "hook.command=$tell" "$@" 2>>"$T/err" </dev/null &
        reporter=$!
        until_true told 3
    }
    # jumped YEARS: Whether the reporter's clock is that many years ahead.
    jumped() {
        years=$((($(value osft_last_poll_timestamp_seconds) - $(date +%s)) / 31000000))
        [ "$years" -eq "$1" ]
    }
    start_endpoint --plain-http
    start_faked --set defaults.plain_http=yes
    until_true jumped 0
    for years in 10 -10 0; do
        set_clock "$(printf '%+d' $((years * 365)))d"
        until_true jumped $years && wait_for_growth osft_polls_total 5 && [ "$(value osft_up)" -eq 1 ] &&
            [ "$(value osft_newest_task_duration_seconds)" -lt 600 ] && [ ! -s "$T/err" ]
        result $? "with a clock that is off by $years years polls go well, and durations are right"
    done
    check_events "... and no event was lost or told twice meanwhile"

    # Certificates are checked against the clock. The endpoint closes each connection, so that each poll checks one.
    start_endpoint --ca-out "$T/ca.pem" --fault close
    start_faked --set "defaults.ca=$T/ca.pem"
    for jump in '+3650d:expired' '-3650d:not valid yet'; do
        : >"$T/err"
        set_clock "${jump%%:*}"
        reports_once "${jump#*:}"
        result $? "with a clock at which the certificate is ${jump#*:} this is reported once"
        set_clock +0
        heals
        result $? "... and once when the clock is right again"
    done
    check_events "... and no event was lost or told twice meanwhile"
fi
stop_reporter

# --- the disk ---
mkdir "$T/disk"
if [ "$OSFT_OWN_MOUNTS" = yes ] && mount -t tmpfs -o size=4m,mode=700 osft "$T/disk" 2>"$T/why"; then
    fill() {
        # dd fails when the disk is full.
        ! dd if=/dev/zero of="$T/disk/fill" bs=1k 2>/dev/null
    }
    clear_disk() {
        rm "$T/disk/fill"
    }
    read_only() {
        mount -o remount,ro "$T/disk"
    }
    writable() {
        mount -o remount,rw "$T/disk"
    }
    start_endpoint --plain-http
    F=$T/disk/osft.prom
    set -- --set "reporter.state=$T/disk" --set "textfile.path=$F" --set "defaults.endpoint=127.0.0.1:$port" \
        --set defaults.plain_http=yes
    for trouble in 'full:No space left on device:fill:clear_disk' \
        'read-only:Read-only file system:read_only:writable'; do
        kind=${trouble%%:*} text=${trouble#*:} mend=${trouble##*:}
        spoil=${text#*:} spoil=${spoil%:*} text=${text%%:*}
        rm -f "$T/disk/"*
        watch "$@"
        until_true test -s "$T/disk/a.state" && until_true test -s "$F"
        : >"$T/err"
        $spoil || echo "# $spoil failed"
        until_true says "[a] cannot save the state in $T/disk: $text" && until_true says "cannot write $F: $text" &&
            : >"$T/log" && until_true polls 8 && [ "$(wc -l <"$T/err")" -eq 2 ]
        result $? "a disk that is $kind is reported once for the state and once for the text file"
        awk -f tests/tools/exposition.awk "$F" >"$T/out"
        result $? "... the text file stays as it was, whole"
        $mend
        until_true says 'a state is saved again' && until_true says 'the text file is written again' &&
            wait_for_growth osft_polls_total 3 && [ "$(wc -l <"$T/err")" -eq 4 ]
        result $? "... both are written again, which is reported once"
        check_events "... and no event was lost or told twice meanwhile"
        $spoil
        until_true says "[a] cannot save the state in $T/disk: $text" && : >"$T/log" && until_true polls 4
        { kill -9 "$reporter"; wait "$reporter"; } 2>/dev/null
        start_watching "$@"
        until_true counts "cannot" 2
        $mend
        check_events "... also when the reporter is killed meanwhile" many
        stop_reporter
    done

    if "$B/osft-reporter" --version | grep -q '^with libmosquitto'; then
        rm -f "$T/disk/"*
        queue=$T/disk/queue
        watch --set mqtt.host=127.0.0.1 --set mqtt.port=1 --set mqtt.queue_size=1024 --set "mqtt.queue_file=$queue" "$@"
        until_true test -s "$queue"
        : >"$T/err"
        fill
        until_true says "mqtt: cannot write the queue's file $queue: No space left" && : >"$T/log" &&
            until_true polls 15 && counts "the queue's file" 1
        result $? "a queue of events that cannot be written is reported once"
        clear_disk
        until_true says "mqtt: the queue's file can be written again"
        result $? "... and is written again later"
        : >"$T/log"
        until_true polls 3
        note_events
        queued() {
            # Records are text and numbers, without line ends between them.
            sed 's/{"time":/\n&/g' "$queue" | tr -cd ' -~\n' |
                sed -n 's/.*"event":"\([a-z]*\)".*"generation":"\([0-9]*\)".*/\1 \2/p' | sort -u |
                comm -13 - "$T/happened" >"$T/lost"
            [ ! -s "$T/lost" ]
        }
        until_true queued && [ "$(wc -l <"$T/happened")" -ge 20 ]
        result $? "... and has each event"
        stop_reporter
    else
        skip "a queue of events that cannot be written" "the reporter was built without libmosquitto"
    fi
else
    skip "a disk that is full or read-only" "this machine permits no mounts of its own"
fi

echo "1..$n"
exit "$failed"
