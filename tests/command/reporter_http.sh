#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks the HTTP channel of osft-reporter: the addresses where it listens; the messages when it cannot listen; reloads,
# which add and remove instances; and that it stops listening when the reporter ends.
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/reporter.sh
if ! "$B/osft-reporter" --version | grep -q '^with libmicrohttpd'; then
    skip "the reporter over HTTP" "it was built without libmicrohttpd"
    echo "1..$n"
    exit 0
fi
sh tests/tools/need.sh curl

# get PATH: Request a path. The body goes to $T/out, the status code to $code.
get() {
    code=$(curl -s -m 30 -o "$T/out" -w '%{http_code}' "$url$1")
}
# serve ARGUMENTS...: Start a reporter with one instance, and wait until it listens.
serve() {
    start_reporter --set "defaults.endpoint=127.0.0.1:$port" --set defaults.plain_http=yes --set defaults.interval=1s \
        --set 'instance one.app=my_app' --set 'instance one.function=ctr' --set 'instance one.instance=ctr_test' "$@"
    until_true find_url
}
# has PATH ERE: Whether the response to a request for the path has a line that matches.
has() {
    get "$1" && grep -qE -e "$2" "$T/out"
}

start --plain-http --generate 9
serve --set http.port=0
case $url in http://127.0.0.1:[0-9]*) true ;; *) false ;; esac
result $? "the reporter listens on loopback, and reports the address of its page"
! says "there is no login"
result $? "... without a warning about the missing login"
until_true has /metrics '^osft_up\{.*\} 1$' && awk -f tests/tools/exposition.awk "$T/out"
result $? "/metrics is an exposition"
until_true has /metrics '^osft_reporter_http_responses_total\{code="200"\} [1-9]'
result $? "... which counts responses"
has / '<bdi>one</bdi></a> <span class="poll up">up</span>'
result $? "/ is the page"
get /healthz && [ "$code" = 200 ] && [ "$(cat "$T/out")" = 'All instances are polled well: 1' ]
result $? "/healthz is 200 when all instances are well"

# --- an instance whose polls fail from the start: /healthz reports it as not well ---
stop_reporter
start --plain-http --generate 9 --fault 'refuse=Forbidden.RAM:1000000'
serve --set http.port=0
has_grace() {
    get /healthz && [ "$code" = 200 ] && [ "$(head -n 1 "$T/out")" = '0 of 1 instance up' ] &&
        grep -q '^one: no poll has gone well for [0-9]* s (503 in [0-9]* s); .*Forbidden\.RAM' "$T/out"
}
until_true has_grace
result $? "/healthz says at once which instance is not up and why, and when it becomes 503"

# --- an instance that is ill, and well again ---
stop_reporter
start --plain-http --generate 9 --fault 'refuse=Forbidden.RAM:1000000@3'
serve --set http.port=0 --set http.unhealthy_after=1500ms
is_ill() {
    get /healthz && [ "$code" = 503 ] && grep -q '^one: no poll has gone well for [0-9]* s; ' "$T/out"
}
is_well() {
    get /healthz && [ "$code" = 200 ]
}
until_true is_ill
result $? "/healthz is 503, and says which instance is ill and why, when polls fail"
start --plain-http --generate 9 --port "$port"
until_true is_well
result $? "... and 200 when polls succeed again"

# --- addresses and ports where the reporter cannot listen ---
taken=${url##*:}
"$B/osft-reporter" --set "defaults.endpoint=127.0.0.1:$port" --set defaults.plain_http=yes --set 'instance two.app=a' \
    --set 'instance two.function=b' --set 'instance two.instance=c' --set "http.port=$taken" 2>"$T/second" </dev/null &
second=$!
until_true grep -q "cannot listen at 127.0.0.1, port $taken: Address already in use; write another port, or stop the program that uses it as \[http\] port" "$T/second"
result $? "a port in use is reported with advice"
heals() {
    grep -q 'the page is at' "$T/second"
}
stop_reporter
until_true heals
result $? "... and used as soon as it is free"
[ "$(grep -c 'cannot listen' "$T/second")" -eq 1 ]
result $? "... and was reported once"
kill "$second" 2>/dev/null
wait "$second"
[ $? -eq 0 ]
result $? "SIGTERM ends the reporter with status 0"
check_reporter --set 'instance two.app=a' --set 'instance two.function=b' --set 'instance two.instance=c' --set defaults.region=cn-hangzhou \
    --set http.address=gateway.example
[ "$status" -ne 0 ] && says 'this is no address in numbers' && says '127.0.0.1 for this machine only, or 0.0.0.0 for the network'
result $? "an address that is a name is refused with advice"
for names in gw,gate http://gw/ gw:9473; do
    check_reporter --set 'instance two.app=a' --set 'instance two.function=b' --set 'instance two.instance=c' \
        --set defaults.region=cn-hangzhou --set "http.names=gw.lan $names"
    [ "$status" -eq 2 ] && says '[http] names: no request could match this' &&
        says 'write names with spaces between them, without http:// and port'
    result $? "names such as $names are refused with advice"
done
serve --set http.port=0 --set http.address=0.0.0.0
says "there is no login"
result $? "an address that others can reach is warned of"
if [ -e /proc/net/if_inet6 ] && [ -s /proc/net/if_inet6 ]; then
    serve --set http.port=0 --set http.address=::1
    case $url in 'http://[::1]:'*) has / '<h1>' ;; *) false ;; esac
    result $? "the reporter listens on ::1"
else
    skip "the reporter listens on ::1" "this machine has no IPv6"
fi

# --- a reload ---
if "$B/osft-reporter" --version | grep -q '^with libinih'; then
    # config NAMES...: Print a configuration with these instances.
    config() {
        printf '[http]\nport = 0\n[defaults]\nendpoint = 127.0.0.1:%s\nplain_http = yes\ninterval = 1s\n' "$port"
        for name in "$@"; do
            printf '[instance %s]\napp = my_app\nfunction = ctr\ninstance = ctr_test\n' "$name"
        done
    }
    config one >"$T/file.conf"
    start_reporter --config "$T/file.conf"
    until_true find_url
    before=$url
    config one two >"$T/file.conf"
    kill -HUP "$reporter"
    until_true has / '<bdi>two</bdi></a> <span class="poll up">' && find_url && [ "$url" = "$before" ]
    result $? "an instance that a reload adds is on the page, at the same port"
    get /healthz && [ "$(cat "$T/out")" = 'All instances are polled well: 2' ]
    result $? "... and in /healthz"
    # The responses that the three paths share between requests are made just before the reload.
    for path in / /metrics /healthz; do get "$path"; done
    config two >"$T/file.conf"
    kill -HUP "$reporter"
    until_true grep -q 'the new configuration is in force: 1 instance$' "$T/err"
    result $? "a reload of one instance is reported"
    lacks() {
        get "$1" && grep -q "$3" "$T/out" && ! grep -q "$2" "$T/out"
    }
    lacks / '<bdi>one</bdi>' '<bdi>two</bdi>' && lacks /metrics 'watch="one"' 'watch="two"' &&
        lacks /healthz ': 2$' ': 1$'
    result $? "... and an instance that is left out is gone from all paths at once"
    config two | sed 's/^\[http\]$/[http]\nunhealthy_after = 1h/' >"$T/file.conf"
    kill -HUP "$reporter"
    moved() {
        find_url && [ "$url" != "$before" ] && has / '<h1>'
    }
    until_true moved
    result $? "a changed section is put in force"
    config two | sed '/^\[http\]/,/^port/d' >"$T/file.conf"
    kill -HUP "$reporter"
    is_silent() {
        ! curl -s -m 30 -o "$T/out" "$url/"
    }
    until_true is_silent
    result $? "... and when it is left out, the reporter stops listening"
else
    skip "a reload" "it was built without libinih"
fi
echo "1..$n"
exit $failed
