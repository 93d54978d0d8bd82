# SPDX-License-Identifier: Apache-2.0
# For scripts that need an MQTT broker; sourced after endpoint.sh and reporter.sh. A script must call stop_broker in
# its EXIT trap. Debian has mosquitto in /usr/sbin, which is not in every user's PATH.
# shellcheck shell=sh
PATH=$PATH:/usr/sbin
broker='' broker_port=''
stop_broker() {
    end_servers "$broker"
    broker=
}

# choose_broker_port: Set $broker_port to a free TCP port of 127.0.0.1: the port of an endpoint that is stopped at
# once. The script must start its own endpoint after that.
choose_broker_port() {
    start --plain-http
    broker_port=${port:?}
    stop
}

# broker_answers: Whether the broker accepts a message, or has ended. $broker_login: the options of a login.
broker_answers() {
    kill -0 "$broker" 2>/dev/null || return 0
    # shellcheck disable=SC2086 # words
    mosquitto_pub -h 127.0.0.1 -p "$broker_port" ${broker_login:-} -t probe -m x 2>/dev/null
}

# start_broker: Start mosquitto with the configuration $T/broker.conf, and wait until it accepts messages or has
# ended.
start_broker() {
    mosquitto -c "$T/broker.conf" >>"$T/broker.log" 2>&1 &
    broker=$!
    until_true broker_answers && kill -0 "$broker" 2>/dev/null
}

# write_open_broker: Write $T/broker.conf for a broker on loopback that stores nothing and needs no login.
write_open_broker() {
    {
        [ "$(id -u)" -ne 0 ] || echo user root
        printf 'listener %s 127.0.0.1\nallow_anonymous true\npersistence false\n' "$broker_port"
    } >"$T/broker.conf"
}
