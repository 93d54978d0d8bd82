#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests the command as it runs on gateways, with osft-endpoint on loopback: the static program, and the command on
# other processors, in an emulator. `make test-machines` builds them. Prints TAP.
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
build=${B%/static}
server=
# shellcheck disable=SC2317 # called by the trap
quit() {
    end_servers "$server"
    stop
    rm -rf "$T"
}
trap quit EXIT

# use MACHINE: let run use the command of that machine from here on.
use() {
    machine=$1
    B=$build/$machine
    emulator=
    case $machine in
    mips | mipsel) emulator="qemu-$machine -L /usr/$machine-linux-gnu" ;;
    arm) emulator="qemu-arm -L /usr/arm-linux-gnueabihf" ;;
    aarch64) emulator="qemu-aarch64 -L /usr/aarch64-linux-gnu" ;;
    esac
}

# run ARGUMENTS...: run the machine's command, like run of tests/tools/command.sh.
run() {
    # shellcheck disable=SC2086 # words, or none
    $emulator "$B/osft" "$@" >"$T/out" 2>"$T/err" </dev/null
    status=$?
}

# list ARGUMENTS..., watch ARGUMENTS...: run these over verified TLS.
list() {
    run list --app my_app --function ctr --instance ctr_test --endpoint "127.0.0.1:$port" --ca "$T/ca.pem" "$@"
}
watch() {
    run watch --app my_app --function ctr --instance ctr_test --endpoint "127.0.0.1:$port" --ca "$T/ca.pem" --once "$@"
}

# lists NAME: check that the last run printed the tasks and nothing else.
lists() {
    [ "$status" -eq 0 ] && cmp -s "$T/out" "$T/tasks.jsonl" && [ ! -s "$T/err" ]
    result $? "$machine: $1"
}

# fails EXIT PATTERN NAME: check that the last run printed no task, and the reason.
fails() {
    [ "$status" -eq "$1" ] && [ ! -s "$T/out" ] && grep -q -e "$2" "$T/err"
    result $? "$machine: $3"
}

# reports EVENTS NAME: check that the last run of watch printed these events, one a line, and nothing else.
reports() {
    sed 's/^[^ ]*  *\([a-z]*\)  *\([0-9]*\) .*/\1 \2/' "$T/out" | sort >"$T/events"
    [ "$status" -eq 0 ] && [ "$(cat "$T/events")" = "$1" ] && [ ! -s "$T/err" ]
    result $? "$machine: $2"
}

# The tasks at first, and the same tasks later.
cat >"$T/tasks.jsonl" <<'END'
{"functionName":"ctr","progress":42,"status":"running","startTime":1709251200000,"endTime":0,"extendInfo":"{\"errors\":[]}","runId":"run-2","generation":"2"}
{"functionName":"ctr","progress":100,"status":"success","startTime":1709164800000,"endTime":1709168400000,"extendInfo":"{\"recall\":91.25,\"errors\":[]}","runId":"中文","generation":"1"}
END
cat - "$T/tasks.jsonl" >"$T/later.jsonl" <<'END'
{"functionName":"ctr","progress":0,"status":"running","startTime":1709337600000,"endTime":0,"extendInfo":"{}","runId":"run-3","generation":"3"}
END
sed -i 's/"progress":42,"status":"running",\(.*\)"endTime":0/"progress":100,"status":"success",\1"endTime":1709254800000/' \
    "$T/later.jsonl"
machines='static mips mipsel arm aarch64'

# with ENDPOINT TASKS ARGUMENTS...: start the endpoint of that build with those tasks.
with() {
    B=$build/$1
    tasks=$2
    shift 2
    start --tasks "$T/$tasks.jsonl" --ca-out "$T/ca.pem" "$@"
}

# --- TLS ---
with . tasks
cp "$T/ca.pem" "$T/other.pem"
with . tasks
for m in $machines; do
    use "$m"
    list --format jsonl --page-size 10
    lists "lists tasks over TLS, with ECDSA"
    run list --app my_app --function ctr --instance ctr_test --endpoint "127.0.0.1:$port" --ca "$T/other.pem" --retries 0
    fails 4 'what to do: ' "trusts no root that it was not given"
done
with . tasks --rsa
for m in $machines; do
    use "$m"
    list --format jsonl --page-size 10
    lists "lists tasks over TLS, with RSA"
done
with with-mbedtls3 tasks
for m in $machines; do
    use "$m"
    list --format jsonl --page-size 10
    lists "lists tasks over TLS from an endpoint on mbedTLS 3.6"
done
with . tasks --cert-days -1
for m in $machines; do
    use "$m"
    list --retries 0
    fails 4 'expired' "refuses a certificate that has expired"
done
with . tasks --names example.com
for m in $machines; do
    use "$m"
    list --retries 0
    fails 4 'what to do: ' "refuses a certificate for another name"
done

# --- the static program, against OpenSSL's server: a page that is no list tells that TLS went well ---
use static
for key in rsa:2048 rsa:4096 P-256 P-384; do
    case $key in
    rsa:*) set -- -newkey "$key" ;;
    *) set -- -newkey ec -pkeyopt "ec_paramgen_curve:$key" ;;
    esac
    openssl req -x509 "$@" -nodes -keyout "$T/key.pem" -out "$T/cert.pem" -days 2 -subj /CN=test \
        -addext subjectAltName=IP:127.0.0.1 2>/dev/null
    for version in tls1_2 tls1_3; do
        : >"$T/server.out"
        openssl s_server -accept 127.0.0.1:0 -www -$version -cert "$T/cert.pem" -key "$T/key.pem" \
            </dev/null >"$T/server.out" 2>&1 &
        server=$!
        until port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$T/server.out") && [ -n "$port" ]; do
            kill -0 "$server" || break
            sleep 0.1
        done
        run list --app a --function f --instance i --endpoint "127.0.0.1:$port" --ca "$T/cert.pem" --retries 0
        [ "$status" -eq 6 ] && grep -q 'JSON\|page' "$T/err"
        result $? "static: reads a response over $version with $key from OpenSSL's server"
        end_servers "$server"
        server=
    done
done

# --- memory ---
# takes KIB NAME ARGUMENTS...: a list of the machine takes at most so much, and succeeds.
takes() {
    most=$1 name=$2
    shift 2
    "$B/usage" "$T/usage" "$B/osft" list --app my_app --function ctr --instance ctr_test --page-size 10 \
        --endpoint "127.0.0.1:$port" "$@" >"$T/out" 2>"$T/err" </dev/null
    status=$?
    peak=$(sed 's/ .*//' "$T/usage")
    echo "# $peak KiB"
    [ "$status" -eq 0 ] && [ "$peak" -le "$most" ]
    result $? "static: $name"
}
with . tasks
use static
takes 512 "a list takes at most 0.5 MiB of memory, with one root certificate" --ca "$T/ca.pem"
cat /etc/ssl/certs/ca-certificates.crt "$T/ca.pem" >"$T/all.pem"
takes 1536 "a list takes at most 1.5 MiB of memory, with all root certificates of a system" --ca "$T/all.pem"

# --- a watch, and its state ---
with . tasks
for m in $machines; do
    use "$m"
    watch --state "$T/$m.state"
    reports 'started 2' "a first watch reports the run that has not ended"
    watch --state "$T/$m.state"
    reports '' "a watch with a state reports nothing twice"
done
with . later
later='started 3
succeeded 2'
for from in $machines; do
    use "$from"
    cp "$T/$from.state" "$T/state"
    watch --state "$T/state"
    reports "$later" "a watch with a state reports what has happened since"
done
# All of these machines are little-endian, except mips.
for to in static mipsel arm aarch64; do
    use "$to"
    cp "$T/arm.state" "$T/state"
    watch --state "$T/state"
    reports "$later" "a watch goes on with a state from another machine"
    cp "$T/mips.state" "$T/state"
    watch --state "$T/state"
    fails 8 'of a machine with another byte order' "a state of a machine with another byte order is refused as such"
    cmp -s "$T/mips.state" "$T/state"
    result $? "$machine: ... and left as it was"
done
use mips
cp "$T/arm.state" "$T/state"
watch --state "$T/state"
fails 8 'of a machine with another byte order' "a state of a machine with another byte order is refused as such"

echo "1..$n"
exit $failed
