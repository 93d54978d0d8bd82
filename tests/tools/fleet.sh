# SPDX-License-Identifier: Apache-2.0
# For scripts that run osft-reporter with 20 instances; sourced after reporter.sh.
# shellcheck shell=sh disable=SC2154 # $port is of endpoint.sh
fleet=20
fleet_broker='' fleet_broker_port='' subscriber=''
# shellcheck disable=SC2317 # called by the trap
end_fleet() {
    # On SIGTERM, mosquitto_sub disconnects before it ends, and it never ends when the broker has just gone.
    [ -z "$subscriber" ] || { kill -9 "$subscriber" 2>/dev/null; wait "$subscriber" 2>/dev/null; }
    stop_reporter
    [ -z "$fleet_broker" ] || { kill "$fleet_broker" 2>/dev/null; wait "$fleet_broker" 2>/dev/null; }
    fleet_broker=
    stop
    rm -rf "$T"
}
trap end_fleet EXIT

# start_broker: Start mosquitto on a free loopback port, and set $fleet_broker_port to it.
start_broker() {
    PATH=$PATH:/usr/sbin
    start --plain-http # the port of an endpoint that has ended is free, and is not soon used again
    fleet_broker_port=$port
    stop
    printf 'listener %s 127.0.0.1\nallow_anonymous true\n' "$fleet_broker_port" >"$T/broker.conf"
    [ "$(id -u)" -ne 0 ] || echo 'user root' >>"$T/broker.conf"
    mosquitto -c "$T/broker.conf" >"$T/broker.log" 2>&1 &
    fleet_broker=$!
}

# write_fleet CREDENTIALS LINE...: Write a configuration for 20 instances, i1 to i20, into $T/fleet.conf. CREDENTIALS:
# the number of files with an AccessKey, each of which gets a connection of its own. LINEs are added to [defaults], or
# begin further sections.
write_fleet() {
    files=$1
    shift
    {
        printf '[defaults]\napp = my_app\nfunction = ctr\nendpoint = 127.0.0.1:%s\n' "$port"
        printf '%s\n' "$@"
        for i in $(seq $fleet); do
            key=$T/key.$((i % files))
            (
                umask 077
                printf '[default]\ntype = access_key\naccess_key_id = %s\n' "$ID" >"$key"
                printf 'access_key_secret = %s\n' "$SECRET" >>"$key"
            )
            printf '[instance i%s]\ninstance = i%s\ncredentials = %s\n' "$i" "$i" "$key"
        done
    } >"$T/fleet.conf"
}

# begun_polls: Print how many polls have reached the endpoint. The first request of a poll asks for 50 tasks. The list
# of the newest runs, which may follow, asks for 20 and is not counted.
begun_polls() {
    grep -c 'pageNumber=1&pageSize=50' "$T/log"
}
# shellcheck disable=SC2317 # called by until_true
has_begun() { # POLLS: Whether at least so many polls have reached the endpoint.
    [ "$(begun_polls)" -ge "$1" ]
}
