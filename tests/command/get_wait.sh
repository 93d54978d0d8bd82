#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests osft get --wait with osft-endpoint on loopback: the command ends when the run has ended, and its exit status
# says how.
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/background.sh

# task GENERATION STATUS PROGRESS ENDED: print a task for --tasks.
task() {
    printf '{"functionName":"ctr","progress":%d,"status":"%s","startTime":1700000000000,"endTime":%d,"extendInfo":"{}","runId":"run-%d","generation":"%d"}\n' \
        "$3" "$2" "$4" "$1" "$1"
}

get() {
    run get --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" --generation 3 "$@"
}

# begin ARGUMENTS...: run the command in the background, as $child.
begin() {
    "$B/osft" get --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" \
        --generation 3 --wait --interval 1s --timeout 2m "$@" >"$T/out" 2>"$T/err" </dev/null &
    child=$!
}

# has_failures N: so many polls have had no response.
# shellcheck disable=SC2317 # called by wait_until
has_failures() {
    [ "$(grep -c '^osft: HTTP status 0' "$T/err")" -ge "$1" ]
}

# again FILE: restart the endpoint at the same port, with these tasks.
again() {
    stop
    old_port=$port
    start --plain-http --port "$old_port" --tasks "$1"
}

task 3 running 40 0 >"$T/running"
task 3 success 100 1700000100000 >"$T/success"
task 3 failed 70 1700000100000 >"$T/failed"
task 3 cancelled 70 1700000100000 >"$T/cancelled"
task 4 running 1 0 >"$T/other"

# --- a run that has ended ---
start --plain-http --tasks "$T/success"
get --wait --format jsonl
[ "$status" -eq 0 ] && [ ! -s "$T/err" ] && grep -q '"runId":"run-3"' "$T/out" && [ "$(grep -c GET "$T/log")" -eq 1 ]
result $? "a run that has succeeded is printed at once, with status 0"
for how in failed cancelled; do
    start --plain-http --tasks "$T/$how"
    get --wait --format jsonl
    [ "$status" -eq 9 ] && grep -q '"runId":"run-3"' "$T/out" && grep -q 'not with success' "$T/err"
    result $? "a run that is $how is printed, with status 9"
done

# --- a run that ends later, and a service that is away meanwhile ---
start --plain-http --tasks "$T/running"
begin --verbose
wait_until has_requests 2
result $? "a run that goes on is asked for again"
stop
wait_until has_failures 2
grep -q 'the wait goes on' "$T/err"
result $? "a service that is away is waited for, and reported"
again "$T/success"
finish
[ "$status" -eq 0 ] && grep -q run-3 "$T/out" && [ "$(grep -c 'the wait goes on' "$T/err")" -eq 1 ] &&
    grep -q 'progress 40%' "$T/err"
result $? "when the run has ended the wait ends, and the failure was reported once"
start --plain-http --tasks "$T/running"
begin
wait_until has_requests 1
again "$T/failed"
finish
[ "$status" -eq 9 ] && grep -q run-3 "$T/out"
result $? "a run that fails later ends the wait with status 9"

# --- what cannot be waited for ---
start --plain-http --tasks "$T/other"
get --wait --timeout 2m
[ "$status" -eq 1 ] && grep -q 'Task.NotExist' "$T/err" && [ ! -s "$T/out" ] && [ "$(grep -c GET "$T/log")" -eq 1 ]
result $? "a run that does not exist is not waited for"
start --plain-http --tasks "$T/running"
begin
wait_until has_requests 1
again "$T/other"
finish
[ "$status" -eq 1 ] && grep -q 'Task.NotExist' "$T/err" && [ ! -s "$T/out" ]
result $? "a run that vanishes ends the wait"
ALIBABA_CLOUD_ACCESS_KEY_ID=LTAI5tNobody
get --wait --timeout 2m
[ "$status" -eq 5 ] && grep -q InvalidAccessKeyId "$T/err"
result $? "an unknown AccessKey ends the wait"
ALIBABA_CLOUD_ACCESS_KEY_ID=$ID

# A response that is not the service's may be a temporary fault, once the service has responded.
start --plain-http --tasks "$T/running" --fault html=200
get --wait --timeout 2m
[ "$status" -eq 6 ] && [ ! -s "$T/out" ] && [ "$(grep -c GET "$T/log")" -eq 1 ]
result $? "a proxy that responds instead of the service ends the wait"
start --plain-http --tasks "$T/running" --fault html=200:1@2
begin
wait_until has_requests 3
result $? "... but not once the service has responded"
end

# --- the end of the user's patience ---
start --plain-http --tasks "$T/running"
get --wait --timeout 1s
[ "$status" -eq 10 ] && grep -q 'has not ended within' "$T/err" && [ ! -s "$T/out" ] && [ "$(grep -c GET "$T/log")" -ge 1 ]
result $? "the time that --timeout allows ends the wait with status 10"
get --wait --timeout 1500ms
[ "$status" -eq 10 ] && grep -q 'has not ended within 1500ms' "$T/err"
result $? "... and is told exactly"
start --plain-http --tasks "$T/running"
begin
wait_until has_requests 2
end
[ "$status" -eq 143 ]
result $? "a signal ends the wait as that signal does"

# --- usage ---
# refused PATTERN NAME ARGUMENTS...
refused() {
    pattern=$1 name=$2
    shift 2
    get "$@"
    [ "$status" -eq 2 ] && grep -q -e "$pattern" "$T/err"
    result $? "$name"
}
refused 'add --wait' "--interval needs --wait" --interval 5s
refused 'leave out --wait' "--wait does not go with --dry-run" --wait --dry-run
refused '--interval needs' "--interval of a wait is checked" --wait --interval 0s

echo "1..$n"
exit $failed
