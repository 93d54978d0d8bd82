#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks the programs of examples/small. Each program must compile, do what README.md of that folder says, with the
# local endpoint as the service, and report errors.
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
S=examples/small

# --- the folder ---
long=$(wc -l "$S"/*.c | awk '$2 != "total" && $1 >= 60')
[ -z "$long" ]
result $? "each program has fewer than 60 lines"
absent=$(for file in "$S"/*.c; do grep -qF "\`$(basename "$file")\`" "$S/README.md" || echo "$file"; done)
[ -z "$absent" ]
result $? "... and is in the page's table"

# build NAME SOURCE... LIBRARY...: build a program of the folder, as its README.md says.
build() {
    name=$1
    shift
    # shellcheck disable=SC2046 # a list of words
    (cd "$S" && ${CC:-cc} -std=c99 -O1 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wcast-qual \
        -Werror -D_DEFAULT_SOURCE -I../../core $(printf -- ' -I%s' ../../port/*/) -o "$T/$name" "$@" \
        "$B/libosft.a" -lmbedtls -lmbedx509 -lmbedcrypto) >"$T/out" 2>"$T/err"
    result $? "$name compiles"
}
build list list.c
build watch watch.c
build metrics metrics.c
build stream stream.c
build poll_loop poll_loop.c
build threads threads.c -lpthread
build parts own_port.c parts.c
build signature signature.c

# run_small NAME ARGUMENTS...: run a program. Its outputs go to $T/out and $T/err, its exit status to $status.
run_small() {
    name=$1
    shift
    "$T/$name" "$@" >"$T/out" 2>"$T/err" </dev/null
    status=$?
    cat "$T/out" "$T/err" >>"$T/all"
}
# prints TEXT: whether the last program has succeeded, and has printed exactly this text and no error.
prints() {
    [ "$status" -eq 0 ] && [ "$(cat "$T/out")" = "$1" ] && [ ! -s "$T/err" ]
}

# --- without arguments ---
# asks_for_arguments NAME SYNOPSIS: check that the program, without arguments, prints only its usage, on the standard
# error.
asks_for_arguments() {
    run_small "$1"
    [ "$status" -eq 2 ] && [ ! -s "$T/out" ] && [ "$(head -n 1 "$T/err")" = "usage: $1 $2" ]
    result $? "$1 without arguments prints its usage"
}
for name in list metrics stream poll_loop threads signature; do
    asks_for_arguments "$name" 'HOST [TCP-PORT]'
done
asks_for_arguments watch 'STATE-FILE HOST [TCP-PORT]'
asks_for_arguments parts 'IPV4-ADDRESS TCP-PORT ROOTS-FILE'

task() { # GENERATION STATUS PROGRESS EXTEND-INFO
    ended=0
    [ "$2" = running ] || ended=1700000100000
    printf '{"functionName":"ctr","progress":%d,"status":"%s","startTime":%d,"endTime":%d,"extendInfo":"%s","runId":"run-%d","generation":"%d"}\n' \
        "$3" "$2" "$((1700000000000 + $1 * 1000))" "$ended" "$4" "$1" "$1"
}
{
    task 3 running 40 '{}'
    task 2 success 100 '{\"auc\":0.7745,\"eval\":{\"recall\":91.49},\"errors\":[{\"message\":\"one row\"}]}'
    task 1 failed 20 '{}'
} >"$T/tasks"
start --tasks "$T/tasks" --ca-out "$T/ca.pem"
export SSL_CERT_FILE="$T/ca.pem"

# --- one call ---
run_small list 127.0.0.1 "$port"
prints '3 running 40%
2 success 100%
1 failed 20%'
result $? "list prints the newest tasks"
run_small metrics 127.0.0.1 "$port"
prints 'auc = 0.7745 (775 thousandths)
eval.recall = 91.49 (91490 thousandths)
error: one row'
result $? "metrics prints numbers with their paths, and errors"
run_small stream 127.0.0.1 "$port"
prints '3 tasks: 1 succeeded, 1 failed; 0 left out'
result $? "stream counts all tasks"
run_small poll_loop 127.0.0.1 "$port"
prints 'a: 1 tasks, done
b: 1 tasks, done'
result $? "poll_loop lists for each of its clients"
run_small threads 127.0.0.1 "$port"
[ "$status" -eq 0 ] && [ "$(sort "$T/out")" = 'ctr_a: 40%
ctr_b: 40%' ]
result $? "threads lists in each of its threads"
run_small parts 127.0.0.1 "$port" "$T/ca.pem"
prints '40%'
result $? "parts lists over the port of own_port.c"

# --- a watch whose state is saved ---
run_small watch "$T/state" 127.0.0.1 "$port"
prints 'started 3'
result $? "watch reports the run that goes on"
stop
{
    task 4 running 1 '{}'
    task 3 success 100 '{}'
} >"$T/tasks.new"
tail -n +2 "$T/tasks" >>"$T/tasks.new"
start --tasks "$T/tasks.new" --ca-out "$T/ca.pem"
run_small watch "$T/state" 127.0.0.1 "$port"
prints 'started 4
succeeded 3'
result $? "... and, run again, what has changed since"
run_small watch "$T/state" 127.0.0.1 "$port"
prints ''
result $? "... and nothing twice"
echo damaged >"$T/state"
run_small watch "$T/state" 127.0.0.1 "$port"
[ "$status" -eq 0 ] && grep -q 'begins anew' "$T/err" && [ "$(cat "$T/out")" = 'started 4' ]
result $? "... and begins anew where the state is damaged"

# --- a long history ---
stop
start --generate 1234 --ca-out "$T/ca.pem"
run_small stream 127.0.0.1 "$port"
[ "$status" -eq 0 ] && grep -q '^1234 tasks: ' "$T/out"
result $? "stream counts more tasks than its memory would hold"

# --- a request, and a task, that does not fit into the work buffer ---
# build_small_work SIZE: build stream with a work buffer of SIZE bytes, as $T/stream_SIZE.
build_small_work() {
    (cd "$S" && sed "s/^    osft_init(.*/    hosted.settings.work_size = $1;\n&/" stream.c >"$T/stream_$1.c")
    build "stream_$1" "$T/stream_$1.c"
}
build_small_work 400
timeout -k 5 60 "$T/stream_400" 127.0.0.1 "$port" >"$T/out" 2>"$T/err"
status=$?
[ "$status" -eq 1 ] && grep -q '^0 tasks: ' "$T/out" && grep -q 'the work buffer is too small' "$T/err"
result $? "stream ends when the request does not fit into the work buffer"
stop
{
    task 3 running 40 '{}'
    task 2 success 100 "{$(printf '%2000s' '')}"
    task 1 failed 20 '{}'
} >"$T/tasks.large"
start --tasks "$T/tasks.large" --ca-out "$T/ca.pem"
build_small_work 1500
timeout -k 5 60 "$T/stream_1500" 127.0.0.1 "$port" >"$T/out" 2>"$T/err"
status=$?
prints '2 tasks: 0 succeeded, 1 failed; 1 left out'
result $? "... and goes on when a task does not fit"

# --- another TLS library ---
if sh tests/tools/need.sh libssl-dev >"$T/out" 2>&1; then
    build openssl openssl_port.c openssl.c -lssl -lcrypto
    run_small openssl 127.0.0.1 "$port" "$T/ca.pem"
    [ "$status" -eq 0 ] && grep -qx '[0-9]*%' "$T/out" && [ ! -s "$T/err" ]
    result $? "openssl lists over OpenSSL's TLS"
    cp "$T/ca.pem" "$T/other.pem"
    stop
    start --generate 3 --ca-out "$T/ca.pem"
    run_small openssl 127.0.0.1 "$port" "$T/other.pem"
    [ "$status" -eq 1 ] && [ ! -s "$T/out" ] && [ "$(cat "$T/err")" = "the server's certificate is not trusted" ]
    result $? "... refuses a server of another root"
    asks_for_arguments openssl 'HOST TCP-PORT ROOTS-FILE'
    run_small openssl 127.0.0.1 "$port" "$T/absent.pem"
    [ "$status" -eq 1 ] && [ ! -s "$T/out" ] && grep -qF "$T/absent.pem: " "$T/err"
    result $? "... names a file of roots that cannot be read"
    ALIBABA_CLOUD_ACCESS_KEY_SECRET=wrong run_small openssl 127.0.0.1 "$port" "$T/ca.pem"
    [ "$status" -eq 1 ] && [ ! -s "$T/out" ] && [ "$(cat "$T/err")" = 'the service refused' ]
    result $? "... prints an error on the standard error alone"
    if has_localhost; then
        run_small openssl localhost "$port" "$T/ca.pem"
        [ "$status" -eq 0 ]
        result $? "... accepts a name that the certificate has"
    else
        skip "... accepts a name that the certificate has" "the name localhost is not known here"
    fi
    stop
    start --generate 3 --ca-out "$T/ca.pem" --names localhost
    run_small openssl 127.0.0.1 "$port" "$T/ca.pem"
    [ "$status" -eq 1 ] && grep -q 'certificate is not trusted' "$T/err"
    result $? "... and refuses an address that it has not"
    stop
    run_small openssl 127.0.0.1 "$port" "$T/ca.pem"
    [ "$status" -eq 1 ] && [ "$(cat "$T/err")" = 'the connection failed' ]
    result $? "... does not call a refused TCP connection a failure of TLS"
    if sh tests/tools/need.sh openssl >"$T/out" 2>&1; then
        {
            ${CC:-cc} -std=c99 -O1 -Wall -Wextra -Werror -D_DEFAULT_SOURCE -o "$T/close_after_handshake" \
                tests/checks/close_after_handshake.c -lssl -lcrypto &&
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$T/key.pem" \
                    -out "$T/cert.pem" -days 2 -subj /CN=test -addext subjectAltName=IP:127.0.0.1
        } >"$T/out" 2>"$T/err"
        result $? "a server that closes after the handshake compiles, and has a certificate"
        start_server "$T/endpoint.err" "$T/close_after_handshake" "$T/cert.pem" "$T/key.pem"
        pid=$server_pid
        run_small openssl 127.0.0.1 "$server_port" "$T/cert.pem"
        [ "$status" -eq 1 ] && grep -qE '^the connection (failed|ended before the response did)$' "$T/err"
        result $? "... openssl reports it, and is not ended by SIGPIPE"
    else
        skip "openssl is not ended by SIGPIPE" "openssl cannot be installed"
    fi
    start --generate 3 --ca-out "$T/ca.pem"
else
    skip "openssl lists over OpenSSL's TLS" "libssl-dev cannot be installed"
fi

# --- what is wrong ---
run_small signature 127.0.0.1 "$port"
[ "$status" -eq 0 ] && grep -q '^x-acs-action:ListFunctionTasks$' "$T/out" &&
    [ "$(grep -A 1 -- '^--- canonical request:$' "$T/out" | tail -n 1)" = GET ] &&
    [ "$(grep -A 1 -- '^--- string to sign:$' "$T/out" | tail -n 1)" = ACS3-HMAC-SHA256 ]
result $? "signature prints what is signed"
ALIBABA_CLOUD_SECURITY_TOKEN='' run_small signature 127.0.0.1 "$port"
[ "$status" -eq 0 ]
result $? "... also when the variable of the STS token is empty"
ALIBABA_CLOUD_ACCESS_KEY_SECRET=wrong run_small signature 127.0.0.1 "$port"
[ "$status" -eq 1 ] && grep -q SignatureDoesNotMatch "$T/out" &&
    [ "$(grep -A 1 '^ACS3-HMAC-SHA256$' "$T/out" | tail -n 1)" = \
        "$(sed -n 's/\] server canonical request.*//p' "$T/out")" ]
result $? "... and what the service would have signed: the same, as only the secret is wrong"
ALIBABA_CLOUD_SECURITY_TOKEN=token run_small signature 127.0.0.1 "$port"
[ "$status" -eq 2 ] && ! grep -q 'x-acs-security-token' "$T/out"
result $? "... and prints no token"
stop
for name in list stream metrics; do
    run_small "$name" 127.0.0.1 "$port"
    [ "$status" -eq 1 ] && [ -s "$T/err" ]
    result $? "$name says that nothing answers"
done
run_small poll_loop 127.0.0.1 "$port"
[ "$status" -eq 1 ] && [ "$(grep -c ': 0 tasks, ' "$T/out")" -eq 2 ]
result $? "... and so does poll_loop"
echo "$SECRET" >"$T/secret"
! grep -qF -f "$T/secret" "$T/all"
result $? "no program has printed the secret"

echo "1..$n"
exit "$failed"
