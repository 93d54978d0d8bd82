#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests osft list with osft-endpoint on loopback, over TLS and plain HTTP. Prints TAP.
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh

plain() {
    run list --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" "$@"
}

secure() {
    run list --app my_app --function ctr --instance ctr_test --endpoint "127.0.0.1:$port" "$@"
}

# generations WANT NAME: check the generations that the last run printed as JSON Lines, in order.
generations() {
    got=$(sed -n 's/.*"generation":"\([0-9]*\)".*/\1/p' "$T/out" | tr '\n' ' ')
    [ "$status" -eq 0 ] && [ "$got" = "$1" ] && [ ! -s "$T/err" ] && tail -n 1 "$T/log" | grep -q ' 200 OK '
    result $? "$2"
}

# same: check that the last run printed the same five tasks as the first one.
same() {
    [ "$status" -eq 0 ] && [ "$(wc -l <"$T/out")" -eq 5 ] && cmp -s "$T/out" "$T/jsonl"
}

# failed_as EXIT PATTERN NAME: check the exit status and the error of the last run.
failed_as() {
    [ "$status" -eq "$1" ] && grep -q -e "$2" "$T/err" && head -n 1 "$T/err" | grep -q '^osft: ' &&
        grep -q 'what to do: ' "$T/err"
    result $? "$3"
}

# fault SPEC EXIT PATTERN NAME [OPTIONS]: list with an endpoint that has this fault, and check how the run ends.
fault() {
    fault=$1 exit=$2 pattern=$3 name=$4
    shift 4
    case " $* " in *" --retries "*) ;; *) set -- "$@" --retries 0 ;; esac
    start --plain-http --tasks "$T/tasks.jsonl" --fault "$fault"
    plain --page-size 10 --format jsonl "$@"
    failed_as "$exit" "$pattern" "$name"
}

cat >"$T/tasks.jsonl" <<'END'
{"functionName":"ctr","progress":42,"status":"running","startTime":1709251200000,"endTime":0,"extendInfo":"{\"errors\":[]}","runId":"run-5","generation":"5"}
{"functionName":"ctr","progress":100,"status":"success","startTime":1709164800000,"endTime":1709168400000,"extendInfo":"{\"recall\":91.25,\"errors\":[]}","runId":"run-4","generation":"4"}
{"functionName":"ctr","progress":17,"status":"failed","startTime":1709078400000,"endTime":1709082000000,"extendInfo":"{\"errors\":[\"out of memory\"]}","runId":"run-3","generation":"3"}
{"functionName":"ctr","progress":100,"status":"success","startTime":1582214400000,"endTime":1582218000000,"extendInfo":"{\"recall\":90,\"errors\":[]}","runId":"esc\u001b[31m中文","generation":"2"}
{"functionName":"ctr","progress":100,"status":"success","startTime":100010,"endTime":200020,"extendInfo":"{\"recall\":91,\"errors\":[]}","runId":"trigger__2021-03-05T12:18:41","generation":"1"}
END

# --- what is asked for ---
start --plain-http --tasks "$T/tasks.jsonl"
plain --format jsonl --page-size 10
generations "5 4 3 2 1 " "list prints all tasks, newest first"
cp "$T/out" "$T/jsonl"
sed -n 2p "$T/jsonl" >"$T/four"
plain --format jsonl
generations "5 4 3 2 1 " "list prints them without --page-size as well"
grep -q 'GET /v4/openapi/app-groups/my_app/functions/ctr/instances/ctr_test/tasks?pageSize=20 200' "$T/log"
result $? "... which is 20, unless given; no other parameter is sent without options"
plain --format jsonl --page-size 10 --status success
generations "4 2 1 " "--status success"
plain --format jsonl --page-size 10 --status=failed
generations "3 " "--status failed"
plain --format jsonl --page-size 10 --status running
generations "5 " "--status running"
plain --format jsonl --page-size 10 --since 2024-02-28
generations "5 4 " "--since is later than, not from"
plain --format jsonl --page-size 10 --until 2024-02-28T01:00:00Z
generations "2 1 " "--until is earlier than, and leaves out what still runs"
plain --format jsonl --page-size 10 --since 1970-01-01T00:01:00Z --until 1970-01-02
generations "1 " "--since and --until together"
plain --format jsonl --page-size 10 --since 0
generations "5 4 3 2 1 " "--since 0 leaves nothing out"
plain --format jsonl --page-size 2 --page 2
generations "3 2 " "--page and --page-size"
plain --format jsonl --page-size 2 --page 9
generations "" "a page behind the last has no tasks"
plain --page-size 2 --page 9
[ "$status" -eq 0 ] && [ "$(wc -l <"$T/out")" -eq 1 ] && grep -q '^osft: 0 of 5 tasks' "$T/err"
result $? "... which is reported beside a table"
plain --status running --since -7d
[ "$status" -eq 0 ] && [ "$(wc -l <"$T/out")" -eq 1 ] && grep -q '^osft: no task matches' "$T/err"
result $? "with a table of no tasks it is reported that none matches"
plain --format jsonl --page-size 10 --since -7d
generations "" "--since -7d: nothing within the last week"

# --- formats ---
plain --format json --page-size 2 --page 4
[ "$status" -eq 0 ] && "$B/osft" parse --format json "$T/out" | cmp -s - "$T/out" &&
    grep -q '^  "totalCount": 5,$' "$T/out" && grep -q '^  "requestId": "' "$T/out" &&
    grep -q '^  "result": \[\]$' "$T/out"
result $? "--format json is one document, which parse prints again as it is"
plain --format json --page-size 10
[ "$status" -eq 0 ] && [ -s "$T/out" ] && "$B/osft" parse --format jsonl "$T/out" | cmp -s - "$T/jsonl"
result $? "--format json holds the same tasks as --format jsonl"
plain --format csv --page-size 10
cr=$(printf '\r')
[ "$status" -eq 0 ] && [ "$(grep -c "$cr\$" "$T/out")" -eq 6 ] &&
    grep -q "^ctr,100,success,1709164800000,1709168400000,\"{\"\"recall\"\":91.25,\"\"errors\"\":\[\]}\",run-4,4$cr\$" "$T/out"
result $? "--format csv has a header and a line for each task"
plain --format prometheus --page-size 10
[ "$status" -eq 0 ] && awk -f tests/tools/exposition.awk "$T/out" && grep -qxF \
    'osft_task_metric{app="my_app",function="ctr",function_instance="ctr_test",generation="4",run_id="run-4",name="recall"} 91.25' "$T/out" &&
    grep -qxF 'osft_tasks_matching{app="my_app",function="ctr",function_instance="ctr_test"} 5' "$T/out"
result $? "--format prometheus labels each series with what was asked for"
plain --page-size 10
[ "$status" -eq 0 ] && [ "$(wc -l <"$T/out")" -eq 6 ] && [ ! -s "$T/err" ] &&
    grep -q '^GEN *STATUS *PROGRESS *STARTED *TOOK *RUN *METRICS$' "$T/out" &&
    grep -q '^5 *running *####\.\.\.\.\.\.  42%  2024-03-01T00:00:00Z  running [0-9]*d [0-9]*h *run-5' "$T/out" &&
    grep -q '^4 *success *########## 100%  2024-02-29T00:00:00Z  1h 00m *run-4 ' "$T/out"
result $? "the table is the default"
! grep -q "$(printf '\033')" "$T/out" && grep -qF 'esc\x1b[31m中文' "$T/out"
result $? "an escape sequence in a task does not reach the terminal"
plain --verbose --page-size 1
[ "$status" -eq 0 ] && grep -q "connecting to 127.0.0.1 port $port without TLS" "$T/err" &&
    grep -Eq 'HTTP status 200, request id [0-9A-F-]{36}, 1 task in ' "$T/err" && grep -q '1 of 5 tasks' "$T/err" &&
    ! grep -q 1.of.5 "$T/out"
result $? "--verbose reports the facts on standard error, and that there are more tasks"

# --- both spellings, any framing ---
for more in "--case pascal" "--fault chunked=1" "--fault chunked=7" "--fault split=1" "--fault split=97" \
    "--fault huge=3000000"; do
    # shellcheck disable=SC2086
    start --plain-http --tasks "$T/tasks.jsonl" $more
    plain --format jsonl --page-size 10
    same
    result $? "the same tasks from an endpoint with $more"
done

# --- TLS ---
start --tasks "$T/tasks.jsonl" --ca-out "$T/ca.pem"
mkdir "$T/roots"
cp "$T/ca.pem" "$T/roots/one.pem"
secure --format jsonl --page-size 10 --ca "$T/ca.pem"
same && grep -q tls "$T/log"
result $? "list over verified TLS, root from a file"
secure --format jsonl --page-size 10 --ca="$T/roots" && same
result $? "list over verified TLS, root from a directory"
SSL_CERT_FILE=$T/ca.pem
export SSL_CERT_FILE
secure --format jsonl --page-size 10 && same
result $? "list over verified TLS, root from SSL_CERT_FILE"
unset SSL_CERT_FILE
name='list over verified TLS to a name that the certificate has'
if has_localhost; then
    run list --app my_app --function ctr --instance ctr_test --endpoint "localhost:$port" --ca "$T/ca.pem" \
        --format jsonl --page-size 10
    same
    result $? "$name"
else
    skip "$name" 'localhost has no address here'
fi
run list --app my_app --function ctr --instance ctr_test --endpoint "127.0.0.2:$port" --ca "$T/ca.pem"
[ "$status" -eq 4 ] || [ "$status" -eq 3 ] # 3 where the endpoint does not listen on that address
result $? "an address that the certificate lacks is not accepted"
secure
failed_as 4 "certificate" "a root that is not trusted ends in exit 4"
secure --ca "$T/none.pem"
failed_as 4 "No such file" "a root file that is not there ends in exit 4"
# Root can read every file. So root runs the command as nobody, who needs access to the command and the file.
as_nobody() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
    else
        "$@"
    fi
}
chmod 711 "$T"
cp "$T/ca.pem" "$T/secret.pem" && chmod 000 "$T/secret.pem"
if as_nobody "$B/osft" version >/dev/null 2>&1; then
    as_nobody "$B/osft" list --app my_app --function ctr --instance ctr_test --endpoint "127.0.0.1:$port" --ca "$T/secret.pem" \
        >"$T/out" 2>"$T/err"
    status=$?
    failed_as 4 'secret.pem: Permission denied' "a root file that may not be read ends in exit 4, and the reason is told"
else
    skip "a root file that may not be read ends in exit 4, and the reason is told" "nobody cannot run the command here"
fi
rm -f "$T/secret.pem"
chmod 700 "$T"
SSL_CERT_FILE="$T/none.pem" secure
failed_as 4 'none.pem: No such file' "SSL_CERT_FILE names such a file in place of --ca"
grep -q 'what to do: .*SSL_CERT_FILE' "$T/err"
result $? "... and the advice names it"
secure --ca "$T/tasks.jsonl"
failed_as 4 "no root certificates .*: no whole certificate in PEM or DER is there" "a root file without a certificate ends in exit 4"
sed '2s/^..../****/' "$T/ca.pem" >"$T/broken.pem"
secure --ca "$T/broken.pem"
failed_as 4 "no root certificates .*: a certificate there is damaged" "a root file with a damaged certificate is called that, in words"
cp "$T/ca.pem" "$T/other.pem"
start --tasks "$T/tasks.jsonl" --ca-out "$T/ca.pem"
secure --ca "$T/other.pem"
failed_as 4 "certificate" "another root ends in exit 4"
[ "$status" -eq 4 ] && [ -e "$T/log" ] && ! grep -q GET "$T/log"
result $? "no request is sent to a server that is not trusted"
secure --ca "$T/ca.pem" --format jsonl --page-size 10
generations "5 4 3 2 1 " "its own root is accepted"
plain
[ "$status" -ne 0 ] && [ ! -s "$T/out" ] && grep -q "^osft: " "$T/err"
result $? "plain HTTP to a TLS port fails"

start --tasks "$T/tasks.jsonl" --ca-out "$T/ca.pem" --names example.com,127.0.0.2
secure --ca "$T/ca.pem"
failed_as 4 "certificate" "a certificate of another name ends in exit 4"
start --tasks "$T/tasks.jsonl" --ca-out "$T/ca.pem" --cert-days -1
secure --ca "$T/ca.pem"
failed_as 4 "date and time" "an expired certificate ends in exit 4, and the advice is about the clock"
DATE='20[0-9-]*T[0-9:]*Z'
grep -q "^  certificate: valid from $DATE to $DATE, and this machine.s time is $DATE\$" "$T/err"
result $? "... and its dates and the machine's time are told"
start --tasks "$T/tasks.jsonl" --ca-out "$T/ca.pem" --rsa
secure --ca "$T/ca.pem" --format jsonl --page-size 10
generations "5 4 3 2 1 " "list over verified TLS with RSA"

# --- IPv6, where there is any ---
if grep -q '^00000000000000000000000000000001 ' /proc/net/if_inet6 2>/dev/null; then
    start --bind ::1 --tasks "$T/tasks.jsonl" --ca-out "$T/ca.pem"
    run list --app my_app --function ctr --instance ctr_test --endpoint "[::1]:$port" --ca "$T/ca.pem" \
        --format jsonl --page-size 10
    generations "5 4 3 2 1 " "list over verified TLS to an IPv6 address"
    start --bind ::1 --plain-http --tasks "$T/tasks.jsonl"
    run list --app my_app --function ctr --instance ctr_test --endpoint "[::1]:$port" --plain-http \
        --format jsonl --page-size 10
    generations "5 4 3 2 1 " "list over plain HTTP to an IPv6 address"
else
    skip "list to an IPv6 address" 'there is no IPv6 loopback here'
fi

# --- the service refuses ---
start --plain-http --tasks "$T/tasks.jsonl"
ALIBABA_CLOUD_ACCESS_KEY_SECRET=wrongSecretThatNobodyKnows
plain
failed_as 5 SignatureDoesNotMatch "a wrong secret ends in exit 5"
grep -q 'request id: [0-9A-F-]*' "$T/err" && grep -q 'HTTP status: 40[03]' "$T/err" &&
    grep -q 'ALIBABA_CLOUD_ACCESS_KEY_SECRET' "$T/err"
result $? "... with HTTP status, request id, and what to check"
grep -q 'message: ' "$T/err" && ! grep -q -e "$ID" -e ACS3-HMAC -e wrongSecret "$T/err"
result $? "... and without the string to sign that the service echoes"
ALIBABA_CLOUD_ACCESS_KEY_SECRET=$SECRET
ALIBABA_CLOUD_ACCESS_KEY_ID=LTAI5tNobody
plain
failed_as 5 InvalidAccessKeyId "an unknown AccessKey ends in exit 5"
unset ALIBABA_CLOUD_ACCESS_KEY_ID
lines=$(wc -l <"$T/log")
plain
failed_as 5 "ALIBABA_CLOUD_ACCESS_KEY_ID is not set" "a missing variable ends in exit 5"
[ "$status" -eq 5 ] && [ "$(wc -l <"$T/log")" -eq "$lines" ]
result $? "... and no request is sent"
export ALIBABA_CLOUD_ACCESS_KEY_ID=$ID
export ALIBABA_CLOUD_SECURITY_TOKEN=CAISTokenForTests+/==
plain --format jsonl --page-size 10 --verbose
same && ! grep -q CAISToken "$T/err"
result $? "list with an STS token, which is never printed"
unset ALIBABA_CLOUD_SECURITY_TOKEN
fault refuse=InvalidParameter 1 "HTTP status: 400" "a request that the service does not accept ends in exit 1"
plain --status finished
[ "$status" -eq 2 ]
result $? "a usage error ends in exit 2"

# --- what the command corrects or retries by itself ---
for skew in 3600 -3600; do
    start --plain-http --tasks "$T/tasks.jsonl" --fault skew=$skew
    plain --format jsonl --page-size 10 --retries 0
    same && grep -q "clock is 36[0-9][0-9] s \(behind\|ahead of\)\|clock is 359[0-9] s" "$T/err" &&
        grep -q 'set the clock' "$T/err" && [ "$(grep -c GET "$T/log")" -eq 2 ]
    result $? "a clock that is $skew s off is corrected by the service's, once, and reported"
done
for transient in throttle=0:2 status=503:2 status=500:1 html=502:1 cut=0:1 cut=300:1 cut=900:2 close-idle; do
    start --plain-http --tasks "$T/tasks.jsonl" --fault $transient
    plain --format jsonl --page-size 10 --retries 3
    same && [ ! -s "$T/err" ]
    result $? "list gets over $transient"
done
# The first wait is random; a wait of 0 is not reported.
start --plain-http --tasks "$T/tasks.jsonl" --fault throttle=0:2
plain --format jsonl --page-size 10 --verbose
same && grep -q 'attempt [12] failed: the service refused; the next one follows in [0-9]* ms' "$T/err" &&
    grep -q '3 attempts (before the last: the service refused)' "$T/err"
result $? "--verbose reports attempts, waits and the last cause"
fault status=503:2 1 "attempts: 2" "--retries 1 are two attempts" --retries 1
[ "$(grep -c GET "$T/log")" -eq 2 ]
result $? "... and no more requests"
fault status=403:1 1 "Forbidden.RAM" "a refusal that cannot change is not retried" --retries 5
[ "$(grep -c GET "$T/log")" -eq 1 ]
result $? "... after one request"
fault throttle=3600 1 "retry after: 5m 00s or longer" "a wait that would outlast --timeout is not begun" --retries 3 --timeout 1m
[ "$(grep -c GET "$T/log")" -eq 1 ]
result $? "... after one request, too"

# --- what it does not ---
fault status=404 1 "App.NotFound" "404 ends in exit 1"
fault status=403 1 "Forbidden.RAM" "403 ends in exit 1"
fault status=500 1 "InternalError" "500 ends in exit 1"
fault status=200 1 "App.NotFound" "a refusal within HTTP 200 ends in exit 1"
fault throttle=7 1 "retry after: 7s" "throttling ends in exit 1, and how long to wait is reported"
fault throttle-ms=1500 1 "retry after: 2s" "... also when the service says it in milliseconds"
fault throttle-date=90 1 "retry after: 1m [23][0-9]s" "... and as a date"
fault html=502 1 "HTTP status: 502" "a proxy's error page ends in exit 1"

# --- the response is broken ---
fault html=200 6 "web page" "a web page instead of a response ends in exit 6"
fault garbage=head 6 "HTTP/1.1" "what is not HTTP ends in exit 6"
fault garbage=body 6 "byte offset: " "a body that is not JSON ends in exit 6, and the byte is reported"
fault status=302 6 "HTTP status: 302" "a redirection is not followed and ends in exit 6"
[ "$(grep -c GET "$T/log")" -eq 1 ]
result $? "... after one request"
fault status=204 6 "empty" "an empty response ends in exit 6"
fault cut=300 6 "ended before the response did" "a response that is cut ends in exit 6"
fault cut=900 6 "ended before the response did" "a response that is cut within its tasks ends in exit 6"
[ -s "$T/out" ] && [ "$(head -n 1 "$T/out")" = "$(head -n 1 "$T/jsonl")" ] && [ "$(wc -l <"$T/out")" -lt 5 ]
result $? "... and the tasks before the cut are printed"
start --plain-http --generate 1500
plain --page-size 1500 --format jsonl
failed_as 6 "tasks in the response: 1500" "more tasks than the command holds end in exit 6"
[ "$(wc -l <"$T/out")" -eq 1000 ] && grep -q 'tasks that fit: 1000' "$T/err"
result $? "... and those that fit are printed"
awk 'BEGIN { printf "{\"progress\":1,\"status\":\"failed\",\"startTime\":1,\"endTime\":2,\"generation\":\"1\",\"extendInfo\":\""
    for (i = 0; i < 200000; i++) printf "0123456789"; print "\"}" }' >"$T/big.jsonl"
start --plain-http --tasks "$T/big.jsonl"
plain
failed_as 6 "bytes needed: 2[0-9]\{6\}" "a task larger than the command's buffer ends in exit 6, with the size"
grep -q 'task left out: index 0, run id -, .*member extendInfo is too large' "$T/err"
result $? "... and the task is named"

# --- one task that cannot be used ---
cat >"$T/odd.jsonl" <<'END_OF_TASKS'
{"functionName":"ctr","status":"running","runId":"run3","generation":"3","startTime":1700000003000,"endTime":0,"progress":10,"extendInfo":null}
{"functionName":"ctr","status":"running","runId":"run2","generation":"2","startTime":1700000002000,"endTime":0,"progress":101,"extendInfo":null}
{"functionName":"ctr","status":"running","runId":"run1","generation":"1","startTime":1700000001000,"endTime":0,"progress":10,"extendInfo":null}
END_OF_TASKS
# odd: check that the last run named the odd task, ended with status 6, and printed all other tasks.
odd() {
    failed_as 6 'task left out: index [01], run id run2, .*: member progress cannot be used' "$1"
}
start --plain-http --tasks "$T/odd.jsonl"
for all in --page-size=10 --all; do
    for format in table jsonl csv prometheus timeline json; do
        case $all$format in --allprometheus | --alltimeline) continue ;; esac
        plain $all --format $format
        odd "list $all as $format names a task that cannot be used"
        case $format in
        table | timeline) got=$(sed -n 's/^\([0-9]\) .*/\1/p' "$T/out") ;;
        csv) got=$(sed -n 's/.*,run\([0-9]\),[0-9].$/\1/p' "$T/out") ;;
        prometheus) got=$(sed -n 's/^osft_task_progress.*generation="\([0-9]\)".*/\1/p' "$T/out") ;;
        jsonl) got=$(sed -n 's/.*"generation":"\([0-9]\)".*/\1/p' "$T/out") ;;
        json)
            "$B/osft" parse --format jsonl "$T/out" >"$T/parsed" && got=$(sed -n 's/.*"generation":"\([0-9]\)".*/\1/p' "$T/parsed") ||
                got='not JSON'
            ;;
        esac
        [ "$(echo "$got" | tr -d '\n')" = 31 ]
        result $? "... and prints the others, as a whole"
    done
done

# --- the service's clock ---
# The endpoint's is 12 hours behind this machine's, and its tasks were timed by it: one started an hour ago, one
# eight hours ago, and one an hour ago is still running.
now=$(date +%s)
service=$((now - 43200))
{
    printf '{"progress":5,"status":"running","startTime":%d000,"endTime":0,"runId":"c","generation":"3"}\n' $((service - 3500))
    printf '{"progress":100,"status":"success","startTime":%d000,"endTime":%d000,"runId":"b","generation":"2"}\n' \
        $((service - 3600)) $((service - 3500))
    printf '{"progress":100,"status":"success","startTime":%d000,"endTime":%d000,"runId":"a","generation":"1"}\n' \
        $((service - 28800)) $((service - 28000))
} >"$T/ago.jsonl"
start --plain-http --tasks "$T/ago.jsonl" --fault skew=-43200
# ago WANT NAME ARGUMENTS...: check the generations that are listed, in order.
ago() {
    want=$1 name=$2
    shift 2
    plain "$@"
    got=$(sed -n 's/.*"generation": *"\([0-9]*\)".*/\1/p; s/^\([0-9]\) .*/\1/p' "$T/out" | tr '\n' ' ')
    [ "$status" -eq 0 ] && [ "$got" = "$want" ] && grep -q "s ahead of the service's" "$T/err" && ! grep -q 'no task' "$T/err"
    result $? "$name"
}
ago '3 2 ' "with a clock 12 hours ahead, --since -6h is 6 hours before the service's present" --since -6h --format jsonl
ago '1 ' "... --until -6h, too" --until -6h --format jsonl
for format in jsonl json table; do
    ago '3 2 ' "... with --all, as $format" --all --since -6h --format $format
done
ago '3 2 1 ' "a time that is none ago is sent as it is" --since "$((service - 100000))000" --format jsonl
grep -c 'GET.*startTime' "$T/log" >"$T/before"
plain --since "$((service - 100000))000" --format jsonl
[ "$(grep -c 'GET.*startTime' "$T/log")" -eq $(($(cat "$T/before") + 2)) ]
result $? "... and is asked for once, after the refusal that told the clock"
plain
[ "$status" -eq 0 ] && grep -Eq '^3 .* running (58m|59m|1h 00m)' "$T/out"
result $? "... a run that goes on has lasted until the service's present"
plain --format prometheus
[ "$status" -eq 0 ] && awk '/^osft_task_duration_seconds.*run_id="c"/ { seen = 1; if ($2 < 3500 || $2 > 3600) bad = 1 } END { exit bad || !seen }' "$T/out"
result $? "... in prometheus, too"
plain --format timeline
[ "$status" -eq 0 ] && grep -q "to $(date -u -d "@$service" +%Y-%m-%dT%H)" "$T/out"
result $? "... and in the timeline"
run watch --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" --once --format jsonl
[ "$status" -eq 0 ] && awk -v service="$service" '{ t = $0; sub(/.*"time":/, "", t); sub(/,.*/, "", t); t /= 1000
    if (t < service || t > service + 100) bad = 1 } END { exit bad || !NR }' "$T/out"
result $? "an event's time is the service's"

# --- get ---
one() {
    run get --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" "$@"
}
start --plain-http --tasks "$T/tasks.jsonl"
one --generation 3 --format jsonl
[ "$status" -eq 0 ] && [ ! -s "$T/err" ] && [ "$(cat "$T/out")" = "$(sed -n 3p "$T/jsonl")" ] &&
    grep -q '/instances/ctr_test/tasks/3 200 OK' "$T/log"
result $? "get prints one task"
one --generation=2
[ "$status" -eq 0 ] && [ "$(wc -l <"$T/out")" -eq 2 ] && grep -q '^2 *success ' "$T/out"
result $? "get prints a table of one line"
one --generation 4 --format csv
[ "$status" -eq 0 ] && [ "$(grep -c "$cr\$" "$T/out")" -eq 2 ] && grep -q '^ctr,100,success,' "$T/out"
result $? "get prints CSV"
one --generation 4 --format json
[ "$status" -eq 0 ] && grep -q '^  "result": {$' "$T/out" && ! grep -q totalCount "$T/out" &&
    "$B/osft" parse --format json "$T/out" | cmp -s - "$T/out" &&
    "$B/osft" parse --format jsonl "$T/out" | cmp -s - "$T/four"
result $? "get prints the documentation's envelope, which parse reads"
start --plain-http --tasks "$T/odd.jsonl"
one --generation 2
odd "get names a task that cannot be used"
[ ! -s "$T/out" ]
result $? "... and prints nothing"
start --plain-http --tasks "$T/tasks.jsonl"
one --generation 99
failed_as 1 "Task.NotExist" "a run that is not there ends in exit 1"
grep -q -e 'what to do: .*--generation' "$T/err" && [ ! -s "$T/out" ]
result $? "... with what to check"
start --plain-http --tasks "$T/tasks.jsonl" --case pascal --fault status=503:1 --fault chunked=3
one --generation 3 --format jsonl
[ "$status" -eq 0 ] && [ "$(cat "$T/out")" = "$(sed -n 3p "$T/jsonl")" ]
result $? "get in the other spelling, chunked, at the second attempt"

# --- what is often mixed up ---
start --generate 3 --ca-out "$T/ca.pem"
plain --retries 0
failed_as 3 'leave out --plain-http' "plain HTTP to a TLS port: what to do is said"
start --plain-http --generate 3
secure --ca "$T/ca.pem" --retries 0
failed_as 4 'does not speak TLS on that port' "TLS to a port without it: what to do is said"
mkdir "$T/no-roots"
secure --ca "$T/no-roots"
failed_as 4 'no whole certificate in PEM or DER is there' "an empty folder of certificates is called that"
ln -s itself "$T/no-roots/itself"
secure --ca "$T/no-roots"
failed_as 4 'something in that folder cannot be looked at' "... and a folder that cannot be read to its end, something else"
mkfifo "$T/fifo"
secure --ca "$T/fifo"
failed_as 4 "$T/fifo: it is no file and no directory" "roots are not waited for from a pipe"
for quote in "'" '"'; do
    ALIBABA_CLOUD_ACCESS_KEY_SECRET=$quote$SECRET$quote
    plain
    failed_as 5 'the AccessKey secret has quotes around it: remove them' "a secret in quotes ($quote) is recognised"
done
ALIBABA_CLOUD_ACCESS_KEY_SECRET=$SECRET

# --- the network ---
fault stall 3 "time allowed: 300ms" "a response that does not come ends in exit 3" --timeout 300ms
grep -q 'what to do: try again, or allow more time with --timeout$' "$T/err"
result $? "... with what to do"
start --plain-http --tasks "$T/tasks.jsonl" --fault delay=10500
plain --format jsonl --page-size 10 --timeout 5m --verbose
same && grep -q ', 1 attempt' "$T/err"
result $? "a response may take longer than 10 s when --timeout is longer"
fault cut=0 3 "ended before the response did" "a connection that ends before a response is a failure of the network"
stop
plain --retries 0
failed_as 3 "Connection refused" "a refused connection ends in exit 3"
secure --ca "$T/ca.pem" --retries 0
failed_as 3 "Connection refused" "a refused connection ends in exit 3 with TLS, too"

grep -q success "$T/all" && ! grep -qF -e "$SECRET" -e CAISToken "$T/all"
result $? "no secret was ever printed"
echo "1..$n"
exit $failed
