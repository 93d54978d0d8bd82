#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests osft-endpoint from the command line, with curl as a client that shares no code with it. A signed request is
# a capture of the vendor's SDK, sent again while the endpoint's clock shows the capture's date. Prints TAP.
set -u

build=${OSFT_BUILD:-build}
endpoint=$build/osft-endpoint
tmp=$(mktemp -d) || exit 1
pid=

stop() {
    [ -z "$pid" ] && return
    kill "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    pid=
}
# shellcheck disable=SC2317 # called by the trap
cleanup() {
    stop
    rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

if ! command -v curl >/dev/null && ! sh tests/tools/need.sh curl >&2; then
    echo 'ok 1 - osft-endpoint # SKIP there is no curl here, and it cannot be installed'
    echo '1..1'
    exit 0
fi

count=0 failed=0
# check NAME: print a result, which is the status of the command before.
check() {
    status=$?
    count=$((count + 1))
    if [ "$status" = 0 ]; then
        echo "ok $count - $1"
    else
        failed=1
        echo "not ok $count - $1"
        sed 's/^/# /' "$tmp/head" "$tmp/body" "$tmp/err" 2>/dev/null | cut -c1-400
    fi
}

# start OPTION...: start an endpoint and wait until it is ready. Sets port.
start() {
    stop
    : >"$tmp/out"
    "$endpoint" "$@" >"$tmp/out" 2>"$tmp/err" &
    pid=$!
    until grep -q '^listening on ' "$tmp/out"; do
        if ! kill -0 "$pid" 2>/dev/null; then
            echo "Bail out! osft-endpoint $* did not start"
            cat "$tmp/err" >&2
            exit 1
        fi
        sleep 0.1
    done
    port=$(sed -n 's/^listening on .*://p' "$tmp/out")
}

# get URL [OPTION...]: send a request. Sets code, the HTTP status, and curl, curl's exit status; head and body go to
# files.
get() {
    : >"$tmp/head"
    : >"$tmp/body"
    code=$(curl -sS -m 60 -D "$tmp/head" -o "$tmp/body" -w '%{http_code}' "$@" 2>"$tmp/err")
    curl=$?
}

# get_tls NAME PATH [OPTION...]: send a request over TLS to the endpoint under that name.
get_tls() {
    name=$1 path=$2
    shift 2
    get "https://$name:$port$path" --resolve "$name:$port:127.0.0.1" "$@"
}

# has TEXT: check that the body contains the text.
has() {
    grep -qF "$1" "$tmp/body"
}

tasks=/v4/openapi/app-groups/a/functions/b/instances/c/tasks
# The capture plain-03 of tests/support/vectors/signing.jsonl.
captured='/v4/openapi/app-groups/a/functions/b/instances/c/tasks?pageNumber=1&pageSize=10'
capture_utc=1709251199
capture_auth='ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=f82b9f9d0ea0386dd9a6305fbe30acb20705269b14405aa118f900f19f5c296a'

skew() {
    echo "skew=$((capture_utc - $(date +%s)))"
}

# replay TARGET [OPTION...]: send the captured request.
replay() {
    target=$1
    shift
    get "http://127.0.0.1:$port$target" -H 'Host: opensearch.cn-hangzhou.aliyuncs.com' \
        -H 'x-acs-version: 2017-12-25' -H 'x-acs-action: ListFunctionTasks' \
        -H 'x-acs-date: 2024-02-29T23:59:59Z' \
        -H 'x-acs-signature-nonce: 3156853299f313e23d1673dc12e1703d' \
        -H 'x-acs-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' \
        -H "Authorization: $capture_auth" "$@"
}

# usage NAME OPTION...: check that the options are refused with status 2 and a reason, and that standard output is
# empty.
usage() {
    name=$1
    shift
    "$endpoint" "$@" >"$tmp/body" 2>"$tmp/err"
    [ $? = 2 ] && [ ! -s "$tmp/body" ] && grep -q '^osft-endpoint: ' "$tmp/err"
    check "$name is refused as wrong usage"
}

"$endpoint" --help >"$tmp/body" 2>&1 && has 'usage: osft-endpoint' && has 'close-idle'
check 'help is printed when it is asked for'
usage 'an unknown option' --prot 1
usage 'a bare word' 8080
usage 'an option without its value' --port
usage 'a flag with a value' --plain-http=1
usage 'a port out of range' --port 65536
usage 'an unknown fault' --fault cuts=1
grep -q 'no such fault; --help lists them' "$tmp/err"
check '... and where the faults are listed is said'
usage 'a fault without its argument' --fault cut
usage 'an unknown case' --case kebab
usage 'an address that is not loopback' --bind 0.0.0.0
usage 'a certificate without its key' --cert x
usage 'tasks both made up and from a file' --tasks x --generate 1
usage 'a root to write when there is no TLS' --plain-http --ca-out x
usage 'a run that would arrive in a file' --tasks x --arrive-ms 5
usage 'events of tasks from a file' --tasks x --events y
usage 'no time between arrivals' --arrive-ms 0
usage 'a role without plain HTTP' --ram-role gw-role
usage 'a role without a name' --plain-http --ram-role ''
usage 'runs that vanish where none arrives' --vanish-every 2
usage 'a token that expires but is not there' --token-uses 2
usage 'a next token when the first stays good' --security-token x --next-security-token y
usage 'a first request without a count' --fault stall:@2
usage 'a code with a space' --fault 'refuse=a b'

printf '{"startTime":1}\n{"startTime":}\n' >"$tmp/bad.jsonl"
"$endpoint" --plain-http --tasks "$tmp/bad.jsonl" >"$tmp/body" 2>"$tmp/err"
[ $? = 1 ] && [ ! -s "$tmp/body" ] && grep -qF 'bad.jsonl: line 2: not JSON at byte 14' "$tmp/err"
check 'a bad line in a task file is named'
"$endpoint" --plain-http --tasks "$tmp/none" >"$tmp/body" 2>"$tmp/err"
[ $? = 1 ] && grep -qF "$tmp/none: No such file" "$tmp/err"
check 'a task file that is not there is named'

start --plain-http
"$endpoint" --plain-http --port "$port" >"$tmp/body" 2>"$tmp/err"
[ $? = 1 ] && grep -q "cannot listen on 127.0.0.1, port $port: Address .*in use" "$tmp/err"
check 'a port that is taken is named'

for signal in TERM INT; do
    start --plain-http
    # A shell without job control has its background jobs ignore SIGINT; the endpoint asks for it.
    kill -s $signal "$pid" && wait "$pid" && [ "$(wc -l <"$tmp/out")" -eq 1 ] && [ ! -s "$tmp/err" ]
    check "SIG$signal ends it well, after one line"
    pid=
done

# --- a signed call ---------------------------------------------------------------------------------
printf '%s\n' '{"functionName":"ctr","progress":100,"status":"success","startTime":100010,"endTime":200020,"extendInfo":"{\"recall\":91,\"errors\":[]}","runId":"中文 \u00e9","generation":"3"}' \
    '{"startTime":5,"generation":"2"}' >"$tmp/tasks.jsonl"
start --plain-http --tasks "$tmp/tasks.jsonl" --fault "$(skew)" --log "$tmp/log"
replay "$captured"
[ "$code" = 200 ] && has '"totalCount":2,"result":[{"functionName":"ctr","progress":100,"status":"success","startTime":100010,"endTime":200020,"extendInfo":"{\"recall\":91,\"errors\":[]}","runId":"中文 \u00e9","generation":"3"},{"startTime":5,"generation":"2"}]}'
check 'the response to a request signed by the vendor has the values as they came'
grep -qi '^Date: Thu, 29 Feb 2024 23:59:' "$tmp/head" || grep -qi '^Date: Fri, 01 Mar 2024 00:0' "$tmp/head"
check 'the Date header is the clock that requests are checked by'
grep -qi '^Content-Type: application/json;charset=utf-8' "$tmp/head" && grep -qi '^x-acs-request-id: [0-9A-F-]\{36\}' "$tmp/head"
check 'the response has a content type and a request id'
replay "$captured"
[ "$code" = 400 ] && has '"Code":"SignatureNonceUsed"'
check 'the same request again is refused for its nonce'
replay "${captured}0"
[ "$code" = 400 ] && has '"Code":"SignatureDoesNotMatch"' && has 'server string to sign is:[ACS3-HMAC-SHA256'
check 'a changed query is refused and the string to sign is shown'
replay "$captured" -X POST
[ "$code" = 405 ] && grep -qi '^Allow: GET' "$tmp/head"
check 'another method is refused'
replay "$captured" -H 'x-acs-security-token: hush'
[ "$code" = 400 ] && has '"Code":"IncompleteSignature"'
check 'a token that is not signed is refused'
[ "$(cut -d' ' -f2-6 "$tmp/log" | head -n 3)" = "GET $captured 200 OK plain
GET $captured 400 SignatureNonceUsed plain
GET ${captured}0 400 SignatureDoesNotMatch plain" ]
check 'each request is one line in the log'
! grep -qe hush -e testsecret -e Signature= "$tmp/log"
check 'neither token nor secret nor signature is in the log'

start --plain-http --fault "$(skew)" --access-key-id other
replay "$captured"
[ "$code" = 404 ] && has '"Code":"InvalidAccessKeyId.NotFound"'
check 'an unknown AccessKey is refused'
start --plain-http
replay "$captured"
[ "$code" = 400 ] && has '"Code":"InvalidTimeStamp.Expired"'
check 'an old request is refused for its date'
start --plain-http --generate 100000 --case pascal --fault "$(skew)"
replay "$captured"
[ "$code" = 200 ] && has '"TotalCount":100000,' && [ "$(tr ',' '\n' <"$tmp/body" | grep -c '"RunId"')" = 10 ]
check 'a hundred thousand tasks can be made up, in PascalCase too'

# --- runs that arrive ------------------------------------------------------------------------------
start --plain-http --generate 2 --arrive-per-request 3 --fault "$(skew)" --events "$tmp/events"
replay "$captured"
[ "$code" = 200 ] && has '"totalCount":5,' &&
    [ "$(grep -o '"generation":"[0-9]*"' "$tmp/body" | tr -dc '0-9\n' | tr '\n' ' ')" = '5 4 3 2 1 ' ]
check 'runs arrive in front before each list'
[ "$(cut -d' ' -f2-3 "$tmp/events" | tr '\n' ' ')" = 'started 2 started 3 started 4 started 5 ' ]
check 'their start is written to the events at once, behind those of the runs before'
same=0
while read -r ms _ number run; do
    grep -qF "\"startTime\":$ms,\"endTime\":0,\"extendInfo\":\"{\\\"errors\\\":[]}\",\"runId\":\"$run\",\"generation\":\"$number\"" "$tmp/body" &&
        same=$((same + 1))
done <"$tmp/events"
[ "$same" = 4 ]
check 'the events are what the list says'
start --plain-http --generate 0 --arrive-ms 2 --run-ms 20 --vanish-every 5 --events "$tmp/events"
sleep 1
stop
awk '$2 == "started" { begun[$3] = $1; n++; next }
    { if (!($3 in begun) || $1 <= begun[$3] || ended[$3]++ || ($2 == "vanished") != ($3 % 5 == 0)) bad++ }
    { if ($2 == "failed" && $3 % 13 != 7) bad++; if ($1 < last) bad++; last = $1; kinds[$2]++ }
    END { exit !(n > 50 && !bad && kinds["succeeded"] && kinds["failed"] && kinds["vanished"]) }' "$tmp/events"
check 'events between requests are written at the end'
start --plain-http --events "$tmp/events"
stop
[ "$(cut -d' ' -f2-3 "$tmp/events" | tr '\n' ' ')" = 'started 23 started 24 started 25 ' ]
check 'each endpoint begins the file of events anew'
"$endpoint" --plain-http --events "$tmp/none/x" >"$tmp/body" 2>"$tmp/err"
[ $? = 1 ] && grep -qF "$tmp/none/x: No such file" "$tmp/err"
check 'a file of events that cannot be written is named'

# --- paths, connections, addresses ------------------------------------------------------------------
start --plain-http
get "http://127.0.0.1:$port/nothing"
[ "$code" = 404 ] && has '"Code":"InvalidAction.NotFound"' && has "\"HostId\":\"127.0.0.1:$port\""
check 'another path is not found'
get "http://127.0.0.1:$port$tasks" "http://127.0.0.1:$port$tasks" -o "$tmp/second" -w '%{http_code} %{num_connects}\n'
[ "$(echo "$code" | tr '\n' ' ')" = '400 1 400 0 ' ] && cmp -s /dev/null "$tmp/err"
check 'a connection serves one request after another'
get "http://127.0.0.1:$port$tasks" -H 'Connection: close'
[ "$code" = 400 ] && grep -qi '^Connection: close' "$tmp/head"
check 'a connection is closed when the client asks for that'
get "http://127.0.0.1:$port/x" -H 'Transfer-Encoding: chunked' -X POST -d x
[ "$code" = 501 ]
check 'a chunked request is refused'
if grep -q '^0*1 ' /proc/net/if_inet6 2>/dev/null; then
    start --plain-http --bind ::1
    get "http://[::1]:$port/x" -g
    [ "$code" = 404 ] && grep -q '^listening on \[::1\]:' "$tmp/out"
    check 'it listens on ::1 when told to'
else
    true
    check 'it listens on ::1 when told to # SKIP no IPv6 loopback here'
fi

# --- TLS --------------------------------------------------------------------------------------------
for kind in '' --rsa; do
    # shellcheck disable=SC2086 # none or one word
    start $kind --ca-out "$tmp/ca.pem" --log "$tmp/tls.log"
    get_tls localhost /x --cacert "$tmp/ca.pem" && [ "$code" = 404 ] && [ "$curl" = 0 ] &&
        get "https://127.0.0.1:$port/x" --cacert "$tmp/ca.pem" && [ "$code" = 404 ]
    check "its root certificate makes it trusted, by name and by address ${kind:-(ECDSA)}"
    grep -q ' 404 InvalidAction.NotFound tls=' "$tmp/tls.log"
    check "the log tells TLS from plain ${kind:-(ECDSA)}"
done
! grep -q PRIVATE "$tmp/ca.pem"
check 'no private key is written'
get "http://127.0.0.1:$port/x"
[ "$code" = 000 ] && get_tls localhost /x --cacert "$tmp/ca.pem" && [ "$code" = 404 ]
check 'plain HTTP on the TLS port is refused, and the next client served'
cp "$tmp/ca.pem" "$tmp/other.pem"
start --ca-out "$tmp/ca.pem" --names other.example
get_tls localhost /x --cacert "$tmp/other.pem"
[ "$curl" = 60 ]
check 'without its root certificate it is not trusted'
get_tls localhost /x --cacert "$tmp/ca.pem"
[ "$curl" = 60 ]
check 'a certificate for another name is not trusted'
get_tls other.example /x --cacert "$tmp/ca.pem"
[ "$code" = 404 ]
check 'a certificate is made for the names asked for'
start --ca-out "$tmp/ca.pem" --cert-days -1
get_tls localhost /x --cacert "$tmp/ca.pem"
[ "$curl" = 60 ] && grep -q expired "$tmp/err"
check 'an expired certificate can be had, and is not trusted'

# --- faults -----------------------------------------------------------------------------------------
# fault NAME: an endpoint with that fault, and one call.
fault() {
    start --plain-http --fault "$1"
    get "http://127.0.0.1:$port$tasks"
}
fault status=503:1
[ "$code" = 503 ] && has '"Code":"ServiceUnavailable"' && get "http://127.0.0.1:$port$tasks" && [ "$code" = 400 ]
check 'a fault with a count ends with it'
fault throttle=3
[ "$code" = 429 ] && has '"Code":"Throttling.User"' && grep -qi '^Retry-After: 3' "$tmp/head"
check 'throttle has Retry-After'
fault throttle=none
[ "$code" = 429 ] && has '"Code":"Throttling.User"' && ! grep -qi 'retry-after' "$tmp/head"
check 'throttle=none has no Retry-After'
fault throttle-ms=1500
[ "$code" = 429 ] && grep -qi '^x-acs-retry-after: 1500' "$tmp/head"
check 'throttle-ms has x-acs-retry-after, in milliseconds'
fault throttle-date=90
[ "$code" = 429 ] && date -u -d "$(sed -n 's/\r$//; s/^Date: //p' "$tmp/head") + 90 seconds" '+%a, %d %b %Y %H:%M:%S GMT' >"$tmp/when" &&
    grep -qF "Retry-After: $(cat "$tmp/when")" "$tmp/head"
check 'throttle-date has Retry-After as a date'
start --plain-http --fault retry-after=3 --fault html=503:1
get "http://127.0.0.1:$port$tasks"
[ "$code" = 503 ] && has '<html>' && grep -qi '^Retry-After: 3' "$tmp/head" && get "http://127.0.0.1:$port$tasks" && grep -qi '^Retry-After: 3' "$tmp/head"
check 'retry-after comes with each response, whatever it is'
fault refuse=Throttling.Api@503
[ "$code" = 503 ] && has '"Code":"Throttling.Api"'
check 'a refusal comes in the status that is asked for'
fault refuse=InternalError@200
[ "$code" = 200 ] && has '"status":"FAIL"' && has '"code":"InternalError"'
check 'a refusal can stand in the body of a 200'
fault date=none
[ "$code" = 400 ] && ! grep -qi '^Date:' "$tmp/head"
check 'the Date can be left out'
fault drop:1@2
[ "$code" = 400 ] && get "http://127.0.0.1:$port$tasks" && [ "$curl" = 52 ] && get "http://127.0.0.1:$port$tasks" && [ "$code" = 400 ]
check 'a fault can begin with a later request; drop sends nothing'
for seed in 1 1 2; do
    start --plain-http --seed $seed --fault chaos=60 --log "$tmp/chaos.$seed"
    get "http://127.0.0.1:$port$tasks?[1-60]" -H 'Connection: close' -o /dev/null
    [ "$seed" = 1 ] && [ ! -e "$tmp/chaos.0" ] && mv "$tmp/chaos.1" "$tmp/chaos.0"
done
for log in 0 1 2; do
    sed 's/.* conn=\([0-9]*\) nth=1 ms=[0-9]* /\1 /' "$tmp/chaos.$log" >"$tmp/lots.$log"
done
[ "$(wc -l <"$tmp/lots.0")" = 60 ] && cmp -s "$tmp/lots.0" "$tmp/lots.1" && ! cmp -s "$tmp/lots.1" "$tmp/lots.2" &&
    grep -q ' fault=drop,chaos$' "$tmp/lots.0" && grep -q ' fault=chaos$' "$tmp/lots.0"
check 'chaos is the same for the same seed'
fault status=302
[ "$code" = 302 ] && grep -qi '^Location: ' "$tmp/head"
check 'a redirect has a Location'
fault status=204
[ "$code" = 204 ] && [ "$curl" = 0 ] && [ ! -s "$tmp/body" ]
check 'a response without a body has none'
fault html
[ "$code" = 502 ] && has '<html>' && grep -qi '^Content-Type: text/html' "$tmp/head"
check 'html is a web page'
fault garbage
[ "$curl" = 1 ] || [ "$curl" = 8 ]
check 'garbage is no HTTP'
fault garbage=body
[ "$code" = 200 ] && has '"progress":01,'
check 'garbage in the body is HTTP but no JSON'
fault cut=0
[ "$curl" = 52 ]
check 'cut=0 sends nothing'
fault cut=250
[ "$curl" = 18 ] && [ "$(($(wc -c <"$tmp/head") + $(wc -c <"$tmp/body")))" = 250 ]
check 'cut=250 ends after 250 bytes'
fault chunked=7
[ "$code" = 400 ] && [ "$curl" = 0 ] && has '"Code":"IncompleteSignature"' && grep -qi '^Transfer-Encoding: chunked' "$tmp/head"
check 'a chunked response is whole'
fault split=1
[ "$code" = 400 ] && [ "$curl" = 0 ] && has '"Code":"IncompleteSignature"'
check 'a response sent byte by byte is whole'
fault huge=3000000
[ "$code" = 400 ] && [ "$(wc -c <"$tmp/body")" -gt 3000000 ] && has '"Code":"IncompleteSignature"'
check 'a huge response is that huge'
start --plain-http --fault close-idle --fault delay=1
get "http://127.0.0.1:$port$tasks" "http://127.0.0.1:$port$tasks" -o "$tmp/second" -w '%{num_connects} '
[ "$code" = '1 1 ' ] && grep -qi '^Connection: keep-alive' "$tmp/head"
check 'close-idle closes what it promised to keep'
start --plain-http --fault stall:1 --log "$tmp/stall.log"
curl -sS -m 60 -o /dev/null "http://127.0.0.1:$port$tasks" 2>/dev/null &
stalled=$!
while ! grep -q ' 0 stall ' "$tmp/stall.log" && kill -0 "$stalled" 2>/dev/null; do sleep 0.1; done
get "http://127.0.0.1:$port$tasks"
[ "$code" = 400 ] && kill -0 "$stalled" 2>/dev/null
check 'one connection that stalls does not hold up another'
kill "$stalled" 2>/dev/null
wait "$stalled" 2>/dev/null
start --ca-out "$tmp/ca.pem" --fault split=3 --fault chunked=5
get_tls localhost "$tasks" --cacert "$tmp/ca.pem"
[ "$code" = 400 ] && [ "$curl" = 0 ] && has '"Code":"IncompleteSignature"'
check 'faults work over TLS as well'
start --ca-out "$tmp/ca.pem" --fault cut=250
get_tls localhost "$tasks" --cacert "$tmp/ca.pem"
[ "$curl" != 0 ] && [ "$(($(wc -c <"$tmp/head") + $(wc -c <"$tmp/body")))" -le 250 ]
check 'cut over TLS ends without close_notify'

# --- the metadata server of a cloud machine ---
role=/latest/meta-data/ram/security-credentials/
start --plain-http
get "http://127.0.0.1:$port$role"
[ "$code" = 404 ]
check 'without --ram-role there is no metadata server'
start --plain-http --ram-role gw-role --access-key-id LTAItest --access-key-secret 'se"cret' --security-token token-1
get "http://127.0.0.1:$port/latest/api/token"
[ "$code" = 405 ] && grep -qi '^allow: PUT' "$tmp/head"
check 'a metadata token is asked for with PUT'
for ttl in '' 0 21601 soon; do
    get -X PUT -H "X-aliyun-ecs-metadata-token-ttl-seconds: $ttl" "http://127.0.0.1:$port/latest/api/token"
    [ "$code" = 400 ]
    check "... and a time to live, which is not '$ttl'"
done
get -X PUT -H 'X-aliyun-ecs-metadata-token-ttl-seconds: 21600' "http://127.0.0.1:$port/latest/api/token"
token=$(cat "$tmp/body")
[ "$code" = 200 ] && [ "${#token}" = 32 ]
check 'a metadata token is given'
for header in '' "X-aliyun-ecs-metadata-token: ${token}0"; do
    get -H "$header" "http://127.0.0.1:$port$role"
    [ "$code" = 403 ] && ! has gw-role
    check "metadata is refused with the header '${header%%:*}'"
done
get -H "X-aliyun-ecs-metadata-token: $token" "http://127.0.0.1:$port$role"
[ "$code" = 200 ] && [ "$(cat "$tmp/body")" = gw-role ]
check 'the role is named'
get -H "X-aliyun-ecs-metadata-token: $token" "http://127.0.0.1:$port${role}other"
[ "$code" = 404 ]
check 'another role is not there'
get -H "X-aliyun-ecs-metadata-token: $token" "http://127.0.0.1:$port${role}gw-role"
[ "$code" = 200 ] && has '"AccessKeyId" : "LTAItest"' && has '"AccessKeySecret" : "se\"cret"' && has '"SecurityToken" : "token-1"' &&
    has '"Code" : "Success"' && grep -Eq '"Expiration" : "20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z"' "$tmp/body"
check 'the role has the AccessKey and the token that are accepted'

echo "1..$count"
exit $failed
