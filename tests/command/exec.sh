#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# osft watch --exec against osft-endpoint on loopback: a command for each event, bounded in time and number.
# shellcheck disable=SC2016 # the variables are those of the commands
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
export OUT="$T/commands"

watch() {
    run watch --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" --once "$@"
}

# task GENERATION STATUS PROGRESS RUN_ID: print a task for --tasks.
task() {
    ended=0
    [ "$2" = running ] || ended=1700000100000
    printf '{"functionName":"ctr","progress":%d,"status":"%s","startTime":1700000000000,"endTime":%d,"extendInfo":"{}","runId":"%s","generation":"%d"}\n' \
        "$3" "$2" "$ended" "$4" "$1"
}

# --- what a command gets ---
{ task 2 running 42 'run 2 $(touch $OUT.bad) "`'; task 1 running 7 run-1; } | sed 's/\\/\\\\/g; s/ "`/ \\"`/' >"$T/tasks"
start --plain-http --tasks "$T/tasks"
watch --state "$T/state" --exec 'echo "$OSFT_EVENT,$OSFT_APP,$OSFT_FUNCTION,$OSFT_INSTANCE,$OSFT_GENERATION,$OSFT_STATUS,$OSFT_PROGRESS,$OSFT_START_TIME,${OSFT_END_TIME-none},${OSFT_PROGRESS_BEFORE-none},$OSFT_RUN_ID" >>"$OUT"; cat >>"$OUT.json"'
[ "$status" -eq 0 ] && [ ! -s "$T/err" ] && [ "$(wc -l <"$OUT")" -eq 2 ] &&
    grep -qxF 'started,my_app,ctr,ctr_test,1,running,7,2023-11-14T22:13:20Z,none,none,run-1' "$OUT" &&
    grep -qxF 'started,my_app,ctr,ctr_test,2,running,42,2023-11-14T22:13:20Z,none,none,run 2 $(touch $OUT.bad) "`' "$OUT"
result $? "each event runs the command once, with the event in the environment"
[ "$(wc -l <"$OUT.json")" -eq 2 ] && [ "$(grep -c '^{"time":[0-9]*,"event":"started","id":"[0-9a-f]\{16\}",.*"generation":"[12]"}$' "$OUT.json")" -eq 2 ]
result $? "... and as JSON on standard input"
[ ! -e "$OUT.bad" ]
result $? "... and no text of the service is run"
watch --state "$T/state" --exec 'echo again >>"$OUT"'
[ "$status" -eq 0 ] && ! grep -q again "$OUT"
result $? "without an event no command is run"
{ task 2 success 100 run-2; task 1 failed 7 run-1; } >"$T/tasks2"
rm -f "$T/state" "$OUT"
start --plain-http --tasks "$T/tasks"
watch --state "$T/state"
sed 's/"running"/"failed"/; s/"endTime":0/"endTime":1700000100000/' "$T/tasks" >"$T/tasks2"
start --plain-http --tasks "$T/tasks2"
watch --state "$T/state" --exec 'echo "$OSFT_EVENT,$OSFT_PROGRESS_BEFORE,$OSFT_END_TIME" >>"$OUT"'
[ "$(sort -u "$OUT")" = "failed,42,2023-11-14T22:15:00Z
failed,7,2023-11-14T22:15:00Z" ]
result $? "the end of a run has its time, and the progress before"

# --- its output, its end ---
start --plain-http --tasks "$T/tasks"
watch --exec 'echo from the command; echo "and $OSFT_GENERATION" >&2; test "$OSFT_GENERATION" = 1' --format jsonl
[ "$status" -eq 0 ] && [ "$(wc -l <"$T/out")" -eq 2 ] && ! grep -q 'from the command' "$T/out" &&
    [ "$(grep -c 'from the command' "$T/err")" -eq 2 ] && grep -q '^and 2$' "$T/err"
result $? "what a command prints goes to standard error"
[ "$(grep -c 'the command for the event started of the run .* ended with status 1$' "$T/err")" -eq 1 ] &&
    grep -q 'of the run run 2 \$(touch' "$T/err"
result $? "a command that fails is reported, and the watch goes on"
watch --exec '/no/such/command'
[ "$status" -eq 0 ] && [ "$(grep -c 'ended with status 127 (not found)$' "$T/err")" -eq 2 ]
result $? "a command that is not there is reported"
watch --exec 'kill -9 $$'
[ "$status" -eq 0 ] && [ "$(grep -c 'was ended by signal 9$' "$T/err")" -eq 2 ]
result $? "a command that a signal ends is reported"
watch --exec 'exec <&-; exit 0'
[ "$status" -eq 0 ] && [ ! -s "$T/err" ]
result $? "a command need not read its input"

# --- it hangs ---
watch --exec-timeout 300ms --exec 'trap "" TERM; while :; do sleep 60; done'
[ "$status" -eq 0 ] && [ "$(grep -c 'had not ended after 300 ms, and was killed$' "$T/err")" -eq 2 ]
result $? "a command that hangs is killed, and reported"

# --- signals ---
# The command and a child of it write their process ids, and ignore what asks them to end.
mkfifo "$T/begun"
export BEGUN="$T/begun"
rm -f "$T/state" "$OUT"
"$B/osft" watch --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" --state "$T/state" --exec '
    trap "" TERM
    (while :; do sleep 60; done) &
    echo $$ $! >"$BEGUN"
    while :; do sleep 60; done' >"$T/out" 2>"$T/err" </dev/null &
watcher=$!
read -r leader follower <"$T/begun"
kill -TERM $watcher
wait $watcher
status=$?
[ "$status" -eq 0 ] && grep -q 'was killed, as osft ends$' "$T/err"
result $? "a signal ends a command that runs, and the watch"
# is_dead PID: whether a process has ended, also one that its parent has not waited for.
is_dead() {
    case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in '' | Z* | X*) ;; *) kill -9 "$1"; return 1 ;; esac
}
if [ -r /proc/self/stat ]; then
    [ -n "$follower" ] && is_dead "$leader" && is_dead "$follower"
    result $? "... with all of the command's process group"
else
    skip "... with all of the command's process group" "there is no /proc"
fi
watch --state "$T/state" --exec 'echo "$OSFT_EVENT" >>"$OUT"'
[ "$status" -eq 0 ] && [ "$(grep -c started "$OUT")" -eq 2 ]
result $? "... and the next watch has the command for each event"

# --- how many ---
i=0
while [ $i -lt 105 ]; do
    i=$((i + 1))
    task $i running 1 "run-$i"
done >"$T/many"
start --plain-http --tasks "$T/many"
rm -f "$OUT"
watch --exec 'echo x >>"$OUT"'
[ "$status" -eq 0 ] && [ "$(wc -l <"$OUT")" -eq 100 ] && [ "$(wc -l <"$T/out")" -eq 105 ] &&
    grep -q '^osft: 5 more events of this poll had no command: of one poll at most 100 ' "$T/err"
result $? "a poll runs 100 commands at most, prints every event, and says what has had no command"

# --- secrets ---
rm -f "$OUT"
start --plain-http --tasks "$T/tasks"
export ALIBABA_CLOUD_SECURITY_TOKEN=CAISn3cretToken
watch --exec 'env >>"$OUT"; cat >>"$OUT"'
[ "$status" -eq 0 ] && grep -q '^OSFT_EVENT=started$' "$OUT" && grep -q '^HOME=' "$OUT" && ! grep -q -e "$SECRET" -e CAISn3cret -e "$ID" "$OUT"
result $? "a command does not get the AccessKey"
unset ALIBABA_CLOUD_SECURITY_TOKEN

# --- usage ---
watch --exec ''
[ "$status" -eq 2 ] && grep -q -e '--exec needs a command' "$T/err"
result $? "--exec needs a command"
watch --exec-timeout 3s
[ "$status" -eq 2 ] && grep -q -e '--exec-timeout is for --exec' "$T/err"
result $? "--exec-timeout needs --exec"
watch --exec true --exec-timeout soon
[ "$status" -eq 2 ] && grep -q -e "--exec-timeout needs a length of time of at most 24d" "$T/err"
result $? "--exec-timeout is checked"

echo "1..$n"
exit $failed
