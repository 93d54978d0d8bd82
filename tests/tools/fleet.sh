# SPDX-License-Identifier: Apache-2.0
# For scripts that run osft-reporter with 20 instances; sourced after reporter.sh.
# shellcheck shell=sh disable=SC2154 # $port is of endpoint.sh
fleet=20
fleet_broker='' fleet_broker_port=''
# shellcheck disable=SC2317 # called by the trap
end_fleet() {
    stop_reporter
    [ -z "$fleet_broker" ] || { kill "$fleet_broker" 2>/dev/null; wait "$fleet_broker" 2>/dev/null; }
    fleet_broker=
    stop
    rm -rf "$T"
}
trap end_fleet EXIT

# start_broker: mosquitto on a free port of loopback, which goes to $fleet_broker_port.
start_broker() {
    PATH=$PATH:/usr/sbin
    start --plain-http # the endpoint's port is free when it has ended, and nobody else is given it soon
    fleet_broker_port=$port
    stop
    printf 'listener %s 127.0.0.1\nallow_anonymous true\n' "$fleet_broker_port" >"$T/broker.conf"
    [ "$(id -u)" -ne 0 ] || echo 'user root' >>"$T/broker.conf"
    mosquitto -c "$T/broker.conf" >"$T/broker.log" 2>&1 &
    fleet_broker=$!
}

# write_fleet CREDENTIALS LINE...: a configuration for 20 instances, i1 to i20, in $T/fleet.conf. CREDENTIALS:
# how many files with an AccessKey they have, as each one has a connection of its own. LINEs go to [defaults],
# or begin sections of their own.
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

# begun_polls: how many polls have reached the endpoint. Their first request asks for 50 tasks; the list of
# the newest runs, which may follow, is one of 20.
begun_polls() {
    grep -c 'pageNumber=1&pageSize=50' "$T/log"
}
# shellcheck disable=SC2317 # called by until_true
has_begun() { # POLLS
    [ "$(begun_polls)" -ge "$1" ]
}
