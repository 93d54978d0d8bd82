#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests osft list --all with osft-endpoint on loopback: it lists each task once, whatever fails meanwhile.
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
N=3000 # number of tasks

all() {
    run list --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" --all "$@"
}

# numbers: print the generations of JSON Lines, in order.
numbers() {
    sed -n 's/.*"generation":"\([0-9]*\)".*/\1/p' "$1"
}

# whole FILE: check that JSON Lines have all N tasks, newest first, each once.
whole() {
    [ "$(wc -l <"$1")" -eq $N ] && numbers "$1" | cmp -s - "$T/numbers"
}
seq $N -1 1 >"$T/numbers"
seq $N >"$T/upwards"

# --- a long history, while tasks are added ---
start --plain-http --generate 100000 --run-seconds 1000000 --arrive-per-request 2
all --format jsonl --page-size 500
seq 100000 -1 1 >"$T/long"
[ "$status" -eq 0 ] && numbers "$T/out" | grep -vxE '100(00[1-9]|0[1-9].|[1-9]..)' | cmp -s - "$T/long"
result $? "--all prints each of 100,000 tasks once, newest first, while 2 are added before each page"

# --- every format ---
start --plain-http --generate $N --run-seconds 1000000
all --format jsonl
[ "$status" -eq 0 ] && [ ! -s "$T/err" ] && whole "$T/out"
result $? "--all prints each of $N tasks once, newest first"
[ "$(sed -n 's/.*pageSize=\([0-9]*\).*/\1/p' "$T/log" | sort -n | tail -n 1)" -le 130 ] && [ "$(grep -c GET "$T/log")" -le 33 ]
result $? "... about a hundred at a time, with pages that overlap"
cp "$T/out" "$T/jsonl"
all --format csv
head -n 1 "$T/out" | grep -q '^functionName,' && [ "$status" -eq 0 ] &&
    [ "$(grep -c '^functionName,' "$T/out")" -eq 1 ] &&
    tail -n +2 "$T/out" | sed 's/.*,\([0-9]*\).$/\1/' | cmp -s - "$T/numbers"
result $? "--format csv has one head"
all --format json
[ "$status" -eq 0 ] && "$B/osft" parse --format jsonl "$T/out" >"$T/parsed" && whole "$T/parsed" &&
    grep -q "^  \"totalCount\": $N,*\$" "$T/out" && grep -q '^  "requestId": "' "$T/out"
result $? "--format json is one document"
all
[ "$status" -eq 0 ] && [ "$(grep -c '^GEN *STATUS' "$T/out")" -eq 1 ] && [ "$(wc -l <"$T/out")" -eq $((N + 1)) ] &&
    tail -n +2 "$T/out" | sed 's/ .*//' | cmp -s - "$T/numbers"
result $? "the table has one head"
all --format jsonl --page-size 7 --status failed
[ "$status" -eq 0 ] && grep '"status":"failed"' "$T/jsonl" | cmp -s - "$T/out" && [ -s "$T/out" ]
result $? "--all heeds a filter, and --page-size is how many to ask for at once"
lines=$(grep -c GET "$T/log")
all --format jsonl --verbose --page-size 1000
whole "$T/out" && [ "$(grep -c 'HTTP status 200' "$T/err")" -eq $(($(grep -c GET "$T/log") - lines)) ] &&
    grep -q 'connection kept' "$T/err"
result $? "--verbose reports each page, and that the connection is kept"

start --generate 250 --ca-out "$T/ca.pem" --fault close
run list --app my_app --function ctr --instance ctr_test --endpoint "127.0.0.1:$port" --ca "$T/ca.pem" --all \
    --format jsonl --verbose
[ "$status" -eq 0 ] && [ "$(numbers "$T/out" | uniq | wc -l)" -eq 250 ] && grep -q 'connection closed' "$T/err" &&
    grep -q 'TLS session resumed' "$T/err"
result $? "where the service closes each connection, the TLS session is resumed"

# --- no tasks ---
start --plain-http --generate 0
all --format jsonl
[ "$status" -eq 0 ] && [ ! -s "$T/out" ]
result $? "no tasks are no lines"
all --format json
[ "$status" -eq 0 ] && "$B/osft" parse --format json "$T/out" >"$T/parsed" && grep -q '"result": \[\]' "$T/out"
result $? "no tasks are an empty array"
all
[ "$status" -eq 0 ] && [ "$(wc -l <"$T/out")" -eq 1 ] && grep -q 'no task matches' "$T/err"
result $? "with a table it is reported that there are no tasks"

# --- faults meanwhile ---
for fault in cut=9000:1 cut=30000:3 cut=0:2 throttle=0:2 status=503:1 html=502:1 chunked=100 split=1000 close-idle huge=100000; do
    start --plain-http --generate $N --run-seconds 1000000 --fault $fault
    for format in jsonl json; do
        all --format $format --page-size 500
        if [ $format = json ]; then
            "$B/osft" parse --format jsonl "$T/out" >"$T/parsed" && cp "$T/parsed" "$T/out"
        fi
        [ "$status" -eq 0 ] && whole "$T/out"
        result $? "--all as $format gets over $fault"
    done
done
start --plain-http --generate $N --run-seconds 1000000 --fault cut=30000
all --format json --retries 1 --page-size 500
[ "$status" -eq 6 ] && grep -q 'tasks printed, which are not all: [1-9]' "$T/err" && [ -s "$T/out" ] &&
    ! "$B/osft" parse --format jsonl "$T/out" >"$T/parsed" 2>"$T/err.parsed" &&
    [ -s "$T/parsed" ] && numbers "$T/parsed" >"$T/some" && head -n "$(wc -l <"$T/some")" "$T/numbers" | cmp -s - "$T/some"
result $? "a list that breaks off says so, and leaves JSON without its end"
all --format jsonl --retries 0 --page-size 500
[ "$status" -eq 6 ] && [ -s "$T/out" ] && numbers "$T/out" >"$T/some" && [ "$(wc -l <"$T/some")" -lt $N ] &&
    head -n "$(wc -l <"$T/some")" "$T/numbers" | cmp -s - "$T/some" && grep -q 'which are not all' "$T/err"
result $? "... and what it printed are the newest"

# --- new tasks meanwhile ---
start --plain-http --generate $N --run-seconds 1000000 --arrive-per-request 3
all --format jsonl --page-size 250 --verbose
numbers "$T/out" | sort -n | uniq -d >"$T/twice"
numbers "$T/out" | sort -n | head -n $N | cmp -s - "$T/upwards" && [ "$status" -eq 0 ] && [ ! -s "$T/twice" ] &&
    grep -q 'new tasks came meanwhile' "$T/err"
result $? "while tasks are added, each that was there is printed once, and the new ones are reported"
for lie in total=1 total=99999 total=none cap=20 lost-page:1@3; do
    start --plain-http --generate $N --run-seconds 1000000 --fault $lie
    all --format json --page-size 250
    "$B/osft" parse --format jsonl "$T/out" >"$T/parsed"
    [ "$status" -eq 0 ] && whole "$T/parsed" &&
        { [ $lie != total=99999 ] || grep -q 'announced 99999 tasks and listed 3000' "$T/err"; }
    result $? "--all gets over $lie"
done
start --plain-http --generate $N --run-seconds 1000000 --fault repeat --fault cap=20
all --format json
[ "$status" -eq 6 ] && grep -q 'repeats itself' "$T/err" && ! grep -q '^}' "$T/out" && grep -q '"generation": "3000"' "$T/out"
result $? "a service that always sends its first page is an error"
start --plain-http --generate $N --run-seconds 1000000 --fault repeat
all --format jsonl
[ "$status" -eq 0 ] && [ "$(wc -l <"$T/out")" -eq $N ]
result $? "... and where that page may be as long as the list, all tasks come on it"

# --- tasks that are left out ---
# with_task_40 MEMBERS: 99 tasks, of which one has these members besides.
with_task_40() {
    awk -v more="$1" 'BEGIN { for (i = 99; i > 0; i--)
        printf "{\"runId\":\"run-%d\",\"status\":\"failed\",\"startTime\":%d,\"endTime\":20000,\"generation\":\"%d\"%s}\n", i, i * 100, i, i == 40 ? more : "" }'
}
with_task_40 ',"progress":101' >"$T/odd.jsonl"
{
    printf ',"extendInfo":"'
    awk 'BEGIN { for (k = 0; k < 200000; k++) printf "0123456789" }'
    printf '"'
} >"$T/large"
with_task_40 ',"extendInfo":"@"' >"$T/large.jsonl.part"
# The value is too long for an argument of awk, so awk reads it from a file.
awk -v file="$T/large" 'BEGIN { getline large <file } { at = index($0, ",\"extendInfo\":\"@\""); print at ? substr($0, 1, at - 1) large "}" : $0 }' \
    "$T/large.jsonl.part" >"$T/large.jsonl"
seq 99 -1 1 | grep -vx 40 >"$T/others"
for what in odd large; do
    start --plain-http --tasks "$T/$what.jsonl"
    for format in jsonl csv json table; do
        all --format $format --page-size 10
        case $format in
        json) "$B/osft" parse --format jsonl "$T/out" >"$T/parsed" && numbers "$T/parsed" >"$T/got" ;;
        csv) sed -n 's/.*,\([0-9]*\).$/\1/p' "$T/out" >"$T/got" ;;
        table) sed -n 's/^\([0-9]*\) .*/\1/p' "$T/out" >"$T/got" ;;
        *) numbers "$T/out" >"$T/got" ;;
        esac
        [ "$status" -eq 6 ] && cmp -s "$T/got" "$T/others" && [ "$(grep -c 'task left out: ' "$T/err")" -eq 1 ] &&
            grep -q 'task left out: index [0-9]*, run id run-40, .*: member ' "$T/err" && grep -q 'tasks left out: 1$' "$T/err"
        result $? "--all as $format goes on behind a task that is left out ($what), and names it once"
    done
    [ "$what" = odd ] || grep -q 'bytes needed: 2[0-9]\{6\}' "$T/err"
    result $? "... with the bytes that it needs, if that is why ($what)"
done

# --- signals, pipes ---
start --plain-http --generate $N --run-seconds 1000000
{
    "$B/osft" list --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" --all \
        --format jsonl 2>"$T/err"
    echo $? >"$T/status"
} | head -n 1 >"$T/out"
status=$(cat "$T/status")
[ "$status" -eq 0 ] && [ ! -s "$T/err" ] && [ "$(numbers "$T/out")" = $N ]
result $? "a closed pipe is no error"
[ "$(grep -c GET "$T/log")" -lt 30 ]
result $? "... and ends the walk"
start --plain-http --generate $N --run-seconds 1000000 --fault stall
# stopped SIGNAL STATUS COMMAND...: send the signal while the command waits for a response, and check its exit
# status.
stopped() {
    signal=$1 want=$2
    shift 2
    lines=$(grep -c GET "$T/log")
    "$B/osft" "$@" --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" \
        --timeout 10m >"$T/out" 2>"$T/err" &
    child=$!
    while [ "$(grep -c GET "$T/log")" -le "$lines" ] && kill -0 $child 2>/dev/null; do
        sleep 0.05
    done
    kill "-$signal" $child
    wait $child
    status=$?
    [ "$status" -eq "$want" ] && [ ! -s "$T/err" ] && ! grep -q '^}' "$T/out"
    result $? "SIG$signal ends $1 in the middle of a call, as that signal does"
}
stopped TERM 143 list --all --format json
stopped HUP 129 list --all
stopped TERM 143 list --page-size 10 --format json
stopped TERM 143 get --generation 3 --format json

cat "$T/out" "$T/err" >>"$T/all"
grep -q success "$T/all" && ! grep -qF -e "$SECRET" "$T/all"
result $? "no secret was ever printed"
echo "1..$n"
exit $failed
