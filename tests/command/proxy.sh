#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests the command through a proxy to the endpoint, over TLS: through a real one (tinyproxy), and through one that
# follows its arguments (proxy_peer.c). Prints TAP.
set -u
sh tests/tools/need.sh tinyproxy-bin || exit 1
. tests/tools/command.sh
. tests/tools/endpoint.sh
USER=me PASSWORD='sEcReT:%@/w0rd' LOGIN='me:sEcReT%3A%25%40%2Fw0rd'
proxy_pid=
stop_proxy() {
    end_servers "$proxy_pid"
    proxy_pid=
}
trap 'stop_proxy; stop; rm -rf "$T"' EXIT

# peer ARGUMENTS...: start the proxy that follows its arguments. Sets proxy to its port.
peer() {
    stop_proxy
    start_server "$T/requests" "$B/tests/proxy_peer" "$@" # make tests builds it
    proxy_pid=$server_pid proxy=$server_port
}
say() {
    printf "$1" >"$T/response"
    peer respond "$T/response" ${2:+"$2"}
}

# tiny LINE...: start tinyproxy with these lines of configuration, on a port that was free a moment before.
tiny() {
    for i in 1 2 3 4 5; do
        peer silent
        stop_proxy
        {
            printf '%s\n' "Port $proxy" 'Listen 127.0.0.1' 'Allow 127.0.0.1' 'Timeout 60' 'LogLevel Info' \
                "LogFile \"$T/tiny.log\"" "$@"
        } >"$T/tiny.conf"
        : >"$T/tiny.log"
        tinyproxy -d -c "$T/tiny.conf" >"$T/tiny.err" 2>&1 &
        proxy_pid=$!
        while kill -0 "$proxy_pid" 2>/dev/null; do
            ! grep -q 'Accepting connections' "$T/tiny.log" || return 0
            sleep 0.05
        done
    done
    echo "Bail out! tinyproxy did not start: $(cat "$T/tiny.err" "$T/tiny.log")"
    exit 1
}

list() {
    run list --app my_app --function ctr --instance ctr_test --ca "${CA:-$T/ca.pem}" --retries 0 --format jsonl \
        --page-size 3 --endpoint "${HOST:-127.0.0.1}:$port" "$@"
}
lists() {
    list "$@"
    [ "$status" -eq 0 ] && [ "$(wc -l <"$T/out")" -eq 3 ]
}
# fails PATTERN NAME: check that list ended with status 3, and printed the reason and the proxy without its login.
fails() {
    [ "$status" -eq 3 ] && [ ! -s "$T/out" ] && grep -q -e "$1" "$T/err" && grep -q '^  what to do: ' "$T/err" &&
        grep -q "^  proxy: 127.0.0.1 port $proxy\$" "$T/err" && grep -q "^  host: 127.0.0.1 port $port\$" "$T/err"
    result $? "$2"
}

start --generate 9 --ca-out "$T/ca.pem"

# --- a real proxy ---
tiny "ConnectPort $port"
lists --proxy "http://127.0.0.1:$proxy" && grep -q "CONNECT 127.0.0.1:$port HTTP/1.1" "$T/tiny.log"
result $? "list over TLS through tinyproxy"
lists --proxy "127.0.0.1:$proxy/" --verbose && grep -q "over TLS, through the proxy 127.0.0.1 port $proxy, for" "$T/err"
result $? "--verbose names the proxy"
if has_localhost; then
    HOST=localhost lists --proxy "localhost:$proxy"
    result $? "names of the proxy and of the host"
else
    skip "names of the proxy and of the host" "localhost is not known here"
fi
run list --app my_app --function ctr --instance ctr_test --ca "$T/ca.pem" --format jsonl --all --page-size 2 \
    --endpoint "127.0.0.1:$port" --proxy "127.0.0.1:$proxy"
[ "$status" -eq 0 ] && [ "$(wc -l <"$T/out")" -eq 9 ]
result $? "list --all through tinyproxy"
run watch --once --app my_app --function ctr --instance ctr_test --ca "$T/ca.pem" --state "$T/state" \
    --endpoint "127.0.0.1:$port" --proxy "127.0.0.1:$proxy"
[ "$status" -eq 0 ]
result $? "watch through tinyproxy"
for variable in HTTPS_PROXY https_proxy; do
    : >"$T/tiny.log"
    export "$variable=http://127.0.0.1:$proxy"
    lists && grep -q CONNECT "$T/tiny.log"
    result $? "$variable is heeded"
    : >"$T/tiny.log"
    lists --proxy '' && ! grep -q CONNECT "$T/tiny.log"
    result $? "an empty --proxy means none, whatever $variable says"
    for no in 'x.example,127.0.0.1' '*' '127.0.0.0/8'; do
        for name in NO_PROXY no_proxy; do
            export "$name=$no"
            lists && ! grep -q CONNECT "$T/tiny.log"
            result $? "$name=$no keeps from the proxy of $variable"
            unset $name
        done
    done
    NO_PROXY=27.0.0.1,example
    export NO_PROXY
    lists && grep -q CONNECT "$T/tiny.log"
    result $? "a NO_PROXY of others does not"
    unset $variable NO_PROXY
done
tiny "ConnectPort 1"
list --proxy "127.0.0.1:$proxy"
fails "cause: the proxy's HTTP status is 403" "a host or port that tinyproxy forbids"
grep -q 'to allow connections to that host and port' "$T/err"
result $? "... with whom to ask"
tiny "ConnectPort $port" "BasicAuth $USER secret"
list --proxy "127.0.0.1:$proxy"
fails "cause: the proxy's HTTP status is 407" "tinyproxy wants a login"
grep -q 'http://USER:PASSWORD@HOST:PORT' "$T/err"
result $? "... with how to give it"
list --proxy "me:wrong@127.0.0.1:$proxy"
fails "cause: the proxy's HTTP status is 40[17]" "tinyproxy refuses another password"
grep -q 'http://USER:PASSWORD@HOST:PORT' "$T/err"
result $? "... with what to check"
lists --proxy "http://me:%73ecret@127.0.0.1:$proxy"
result $? "tinyproxy takes the right one, percent-encoded"
HTTPS_PROXY=http://me:wrong@127.0.0.1:$proxy
export HTTPS_PROXY
timeout 60 "$B/osft" watch --interval 1s --app my_app --function ctr --instance ctr_test --ca "$T/ca.pem" \
    --endpoint "127.0.0.1:$port" >"$T/out" 2>"$T/err" </dev/null
status=$?
fails "cause: the proxy's HTTP status is 40[17]" "a watch ends when the login is refused, or the account might be locked"
unset HTTPS_PROXY

# --- a scripted one ---
say 'HTTP/1.1 200 Connection established\r\n\r\n'
lists --proxy "http://$LOGIN@127.0.0.1:$proxy" && [ "$(tr -d '\r' <"$T/requests")" = "CONNECT 127.0.0.1:$port HTTP/1.1
Host: 127.0.0.1:$port
Proxy-Authorization: Basic $(printf '%s' "$USER:$PASSWORD" | base64)" ]
result $? "the request has the host, its port, and the login in Base64"
whole='HTTP/1.1 200 OK\r\nA: b\r\n\r\n'
length=$(printf "$whole" | wc -c)
cut=1 failures=0
while [ "$cut" -lt "$length" ]; do
    say "$whole" "$cut"
    lists --proxy "127.0.0.1:$proxy" || failures=$((failures + 1))
    cut=$((cut + 1))
done
[ "$cut" -eq 25 ] && [ "$failures" -eq 0 ]
result $? "a response that is split at any byte opens the tunnel"
say 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.0 200\r\n\r\n'
lists --proxy "127.0.0.1:$proxy"
result $? "an interim response comes before the response"
for refusal in 400 401 403 404 405 407 429 500 502 503 504; do
    say "HTTP/1.1 $refusal No\r\nContent-Length: 4\r\n\r\nbody"
    list --proxy "http://$LOGIN@127.0.0.1:$proxy"
    fails "^  cause: the proxy's HTTP status is $refusal" "a proxy that says $refusal"
done
run list --app my_app --function ctr --instance ctr_test --retries 5 --proxy "http://$LOGIN@127.0.0.1:$proxy" \
    --ca "$T/ca.pem" --endpoint "127.0.0.1:$port"
[ "$(grep -c CONNECT "$T/requests")" -eq 2 ]
result $? "a refusal of the proxy is not retried"
for text in '220 mail.example ESMTP\r\n' 'HTTP/2 200\r\n\r\n' '<html>' '\025\003\001\n' 'HTTP/1.1 200 OK\n\n'; do
    say "$text"
    list --proxy "127.0.0.1:$proxy"
    fails 'cause: the proxy sent no response of HTTP/1.1' "what is no proxy: $(printf '%s' "$text" | tr -dc 'A-Za-z0-9 /<>.' | cut -c 1-20)"
done
peer endless
list --proxy "127.0.0.1:$proxy"
fails 'or one without an end' "a header without end"
peer silent
list --proxy "http://$LOGIN@127.0.0.1:$proxy" --timeout 300ms
fails 'no response came in time' "a proxy that stays silent"
grep -q 'time allowed: 300ms' "$T/err" && grep -q 'see whether the proxy is up' "$T/err"
result $? "... with the time that was allowed, and what to look at"
peer close
list --proxy "127.0.0.1:$proxy"
fails 'ended before the response did' "a proxy that closes the connection"
stop_proxy
list --proxy "http://$LOGIN@127.0.0.1:$proxy"
fails 'Connection refused' "a proxy that is not there"
grep -q 'see whether the proxy is up' "$T/err"
result $? "... with what to look at"
list --proxy "http://$LOGIN@proxy.invalid:3128"
[ "$status" -eq 3 ] && grep -q '^  proxy: proxy.invalid port 3128' "$T/err" && grep -q 'see whether the proxy is up' "$T/err"
result $? "a proxy whose name has no address"
say 'HTTP/1.1 200 OK\r\n\r\n'
rm -f "$T/other.pem"
(
    trap - EXIT
    pid=
    start --generate 1 --ca-out "$T/other.pem"
    stop
)
CA=$T/other.pem
list --proxy "127.0.0.1:$proxy"
CA=
[ "$status" -eq 4 ] && ! grep -q 'see whether the proxy is up' "$T/err"
result $? "a certificate that is not trusted is no failure of the proxy"

# --- usage ---
for url in https://proxy:1 socks5h://proxy:1 proxy http://me:sEcReT@proxy 'http://me:sEcReT%@proxy:1' 'me:sEcReT @pro xy:1' \
    'me:sEcReT@proxy:0'; do
    list --proxy "$url"
    [ "$status" -eq 2 ] && grep -q '^osft: --proxy needs http://HOST:PORT or' "$T/err"
    result $? "--proxy $url is refused"
    HTTPS_PROXY=$url
    export HTTPS_PROXY
    list
    [ "$status" -eq 2 ] && grep -q '^osft: HTTPS_PROXY needs http://HOST:PORT or' "$T/err"
    result $? "... and as HTTPS_PROXY, too"
    unset HTTPS_PROXY
done
list --plain-http --proxy "127.0.0.1:$proxy"
[ "$status" -eq 2 ] && grep -q 'leave out --plain-http or --proxy' "$T/err"
result $? "--plain-http and --proxy exclude each other"
list "http://me:sEcReT@proxy:1"
run parse "--proxy=http://me:sEcReT@proxy:1"
list --proxxy "http://me:sEcReT@proxy:1"
list "--proxxy=http://me:sEcReT@proxy:1"
list "--proxxy=me:sEcReT@proxy:1"
list --endpoint "me:sEcReT@proxy:1"
start --plain-http --generate 9
HTTPS_PROXY=http://127.0.0.1:1
export HTTPS_PROXY
lists --plain-http
result $? "--plain-http heeds no proxy of the environment"
list --dry-run
[ "$status" -eq 0 ]
result $? "--dry-run needs no proxy"
unset HTTPS_PROXY

[ "$(grep -c 'proxy' "$T/all")" -gt 50 ] && ! grep -q -e sEcReT -e "$(printf '%s' "$USER:sEcR" | base64 | cut -c 1-8)" "$T/all"
result $? "no password was ever printed"
echo "1..$n"
exit $failed
