#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests osft watch with osft-endpoint on loopback: each event once, the state, signals, a terminal.
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/background.sh

# watch ARGUMENTS...: run a watch.
watch() {
    run watch --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" "$@"
}

# begin ARGUMENTS...: run a watch in the background, as $child.
begin() {
    "$B/osft" watch --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" "$@" \
        >"$T/out" 2>"$T/err" </dev/null &
    child=$!
}

# has_events N: the watch has printed so many.
# shellcheck disable=SC2317 # called by wait_until
has_events() {
    [ "$(wc -l <"$T/out")" -ge "$1" ]
}

# task GENERATION STATUS PROGRESS: print a task for --tasks.
task() {
    ended=0
    [ "$2" = running ] || ended=$((1700000000000 + $1 * 10000000 + 5000000))
    printf '{"functionName":"ctr","progress":%d,"status":"%s","startTime":%d,"endTime":%d,"extendInfo":"{}","runId":"run-%d","generation":"%d"}\n' \
        "$3" "$2" $((1700000000000 + $1 * 10000000)) $ended "$1" "$1"
}

# events: print the events of the last run as EVENT RUN PROGRESS, sorted.
events() {
    sed 's/^[0-9TZ:-]*  *\([a-z]*\)  *[^ ]*  *\([^ ].*[^ ]\)  *\([0-9]*\)%$/\1 \2 \3/; s/  */ /g' "$T/out" | sort
}

# poll WANT NAME: poll the tasks in $T/tasks.jsonl with a new endpoint, a new process and the same state, and check
# the events.
poll() {
    start --plain-http --tasks "$T/tasks.jsonl"
    watch --once --state "$T/state"
    [ "$status" -eq 0 ] && [ ! -s "$T/err" ] && [ "$(events)" = "$1" ]
    result $? "$2"
}

# --- each event once, over restarts ---
{ task 2 running 42; task 1 success 100; } >"$T/tasks.jsonl"
poll "started run-2 42" "the first poll reports what has not ended"
[ "$(stat -c %a "$T/state")" = 600 ]
result $? "the state is for its owner alone"
cp "$T/state" "$T/first"
inode=$(stat -c %i "$T/state")
poll "" "nothing is reported twice"
[ "$(stat -c %i "$T/state")" = "$inode" ] && cmp -s "$T/state" "$T/first"
result $? "a state that has not changed is not written again"
{ task 3 running 1; task 2 running 60; task 1 success 100; } >"$T/tasks.jsonl"
poll "progressed run-2 60
started run-3 1" "progress, and a new run"
{ task 5 success 100; task 4 running 5; task 3 failed 17; task 2 success 100; task 1 success 100; } >"$T/tasks.jsonl"
start --plain-http --tasks "$T/tasks.jsonl"
watch --once --state "$T/state"
events >"$T/events"
[ "$status" -eq 0 ] && grep -q '^failed run-3 17$' "$T/events" && grep -q '^succeeded run-2 100$' "$T/events" &&
    grep -q '^started run-4 5$' "$T/events" && grep -q ' run-5 100$' "$T/events" && ! grep -q run-1 "$T/events"
result $? "success, failure, and a run that came and went in between"
grep -Eq '^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z  failed      3     run-3  *17%$' "$T/out"
result $? "a line has the time, the event, the generation, the run and the progress"
{ task 5 success 100; task 3 failed 17; task 2 success 100; task 1 success 100; } >"$T/tasks.jsonl"
poll "vanished started 2023-11-15T09:20:00Z 5" "a run that is no longer listed"
poll "" "... once"
{ task 6 running 7; task 5 success 100; task 3 failed 17; task 2 success 100; task 1 success 100; } >"$T/tasks.jsonl"
start --plain-http --tasks "$T/tasks.jsonl"
watch --once --state "$T/state" --format jsonl
[ "$status" -eq 0 ] && [ "$(wc -l <"$T/out")" -eq 1 ] &&
    grep -Eq '^\{"time":1[0-9]{12},"event":"started","id":"[0-9a-f]{16}","functionName":"ctr","progress":7,"status":"running",.*"runId":"run-6","generation":"6"\}$' "$T/out"
result $? "--format jsonl has one object an event"
{ task 6 running 9; task 5 success 100; task 3 failed 17; task 2 success 100; task 1 success 100; } >"$T/tasks.jsonl"
start --plain-http --tasks "$T/tasks.jsonl"
watch --once --state "$T/state" --format jsonl
[ "$status" -eq 0 ] && grep -q '"event":"progressed",.*"progressBefore":7,.*"progress":9,' "$T/out" && [ "$(wc -l <"$T/out")" -eq 1 ]
result $? "... with the progress before"

# --- the state ---
# refused EXIT PATTERN NAME: the last run reported why, and what to do.
refused() {
    [ "$status" -eq "$1" ] && grep -q -e "$2" "$T/err" && grep -q 'what to do: ' "$T/err"
    result $? "$3"
}
printf 'no state at all' >"$T/bad"
watch --once --state "$T/bad"
refused 8 "saved state" "a file that is no state is refused"
[ "$(cat "$T/bad")" = 'no state at all' ]
result $? "... and left as it was"
size=$(stat -c %s "$T/state")
for at in 0 5 20 $((size - 1)); do
    cp "$T/state" "$T/bad"
    byte=$(od -An -tu1 -j $at -N 1 "$T/state" | tr -d ' ')
    # shellcheck disable=SC2059 # an octal escape
    printf "\\$(printf %o $((byte ^ 16)))" | dd of="$T/bad" bs=1 seek=$at conv=notrunc 2>/dev/null
    lines=$(grep -c GET "$T/log")
    watch --once --state "$T/bad"
    [ "$status" -eq 8 ] && grep -q 'saved state' "$T/err" && [ "$(grep -c GET "$T/log")" -eq "$lines" ] && ! cmp -s "$T/bad" "$T/state"
    result $? "a state with a bad byte at $at is refused before a request is sent"
done
cp "$T/state" "$T/bad"
for at in 0 1 2 3; do # the number of runs, in the byte order of another machine
    dd if="$T/state" of="$T/bad" bs=1 skip=$((8 + at)) seek=$((11 - at)) count=1 conv=notrunc 2>/dev/null
done
watch --once --state "$T/bad"
refused 8 "of a machine with another byte order" "a state of a machine with another byte order is refused as such"
head -c $((size - 1)) "$T/state" >"$T/bad"
watch --once --state "$T/bad"
refused 8 "saved state" "a state that is cut is refused"
{ cat "$T/state"; head -c 100000 /dev/zero; } >"$T/bad"
watch --once --state "$T/bad"
refused 8 "saved state" "a state with more behind it is refused"
run watch --app my_app --function ctr --instance other --plain-http --endpoint "127.0.0.1:$port" --once --state "$T/state"
refused 8 "another application" "a state of another instance is refused"
: >"$T/empty"
watch --once --state "$T/empty"
[ "$status" -eq 0 ] && [ "$(events)" = "started run-6 9" ] && [ -s "$T/empty" ]
result $? "an empty file is a new state"
watch --once --state "$T/none/state"
[ "$status" -eq 8 ] && grep -q 'No such file' "$T/err" && [ ! -s "$T/out" ] && grep -q 'what to do: .*folder is there' "$T/err"
result $? "a folder that is not there is reported at once, with what to do"
watch --once --state "$T"
refused 8 "is no file" "a folder is no state"
watch --once --state /dev/null
refused 8 "is no file" "a device is no state"
cp "$T/state" "$T/kept"
cp "$T/state" "$T/before"
mkdir "$T/there"
mv "$T/kept" "$T/there/kept"
{ task 6 running 11; task 1 success 100; } >"$T/tasks.jsonl"
start --plain-http --tasks "$T/tasks.jsonl"
# The limit on file sizes is 0, so the state cannot be saved. (The output goes through a pipe.)
(
    trap '' XFSZ
    ulimit -f 0
    "$B/osft" watch --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" --once \
        --state "$T/there/kept" 2>&1
    echo "status $?"
) | cat >"$T/out"
: >"$T/err"
[ "$(ls -A "$T/there")" = kept ]
result $? "where a state cannot be saved, nothing is left beside it"
mv "$T/there/kept" "$T/kept"
grep -qx 'status 8' "$T/out" && grep -q 'cannot save the state' "$T/out" && cmp -s "$T/kept" "$T/before" && grep -q 'run-6 ' "$T/out"
result $? "a state that cannot be saved is reported, and the old one is still there"
mv "$T/kept" "$T/there/kept"
for name in kept.new kept.XXXXXX kept~ .kept; do
    echo "a file of the user's" >"$T/there/$name"
done
cp -r "$T/there" "$T/there.before"
watch --once --state "$T/there/kept"
[ "$status" -eq 0 ] && ! cmp -s "$T/there/kept" "$T/before" &&
    [ "$(diff -rq "$T/there" "$T/there.before")" = "Files $T/there/kept and $T/there.before/kept differ" ]
result $? "a file of the user's beside the state stays as it is, whatever its name"
mv "$T/there/kept" "$T/kept"
ln -s kept "$T/link"
rm "$T/kept"
cp "$T/before" "$T/kept"
watch --once --state "$T/link"
[ "$status" -eq 0 ] && [ -L "$T/link" ] && ! cmp -s "$T/kept" "$T/before"
result $? "a state behind a symbolic link stays there"
cp "$T/before" "$T/kept"
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
    timeout -s KILL 0.0$i "$B/osft" watch --app my_app --function ctr --instance ctr_test --plain-http \
        --endpoint "127.0.0.1:$port" --once --state "$T/kept" >/dev/null 2>&1
done
rm -f "$T"/kept.* # the new state of one that was killed before it had the old one's name
watch --once --state "$T/kept"
[ "$status" -eq 0 ] && ! events | grep -qv run-6
result $? "however often a watch is killed, its state is whole"
watch --once --state "$T/kept" && [ "$status" -eq 0 ] && [ ! -s "$T/out" ]
result $? "... and is the new one in the end"
start --plain-http --tasks "$T/tasks.jsonl"
begin --state "$T/kept" --interval 1m
wait_until has_requests 1
"$B/osft" watch --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" --once \
    --state "$T/kept" >"$T/out.second" 2>"$T/err.second"
second=$?
end
[ "$second" -eq 8 ] && grep -q 'another osft watch' "$T/err.second" && [ ! -s "$T/out.second" ]
result $? "two watches cannot have the same state"
[ "$status" -eq 0 ]
result $? "... and the first one is not disturbed"

# --- tasks that cannot be used ---
{ task 9 running 5; task 8 running 101; task 7 running 3; } >"$T/tasks.jsonl"
start --plain-http --tasks "$T/tasks.jsonl"
watch --once --state "$T/odd"
[ "$status" -eq 6 ] && [ "$(events)" = "started run-7 3
started run-9 5" ] && [ "$(grep -c 'task left out: index 1, run id run-8, .*: member progress cannot be used' "$T/err")" -eq 1 ]
result $? "a task that cannot be used is named, and the runs before and behind it are followed"
{ task 9 running 6; task 8 running 101; task 7 success 100; } >"$T/tasks.jsonl"
start --plain-http --tasks "$T/tasks.jsonl"
begin --state "$T/odd" --interval 1s
wait_until has_requests 3
end
[ "$status" -eq 0 ] && [ "$(events)" = "progressed run-9 6
succeeded run-7 100" ] && [ "$(grep -c 'task left out: ' "$T/err")" -eq 1 ] && [ "$(grep -c 'the watch goes on' "$T/err")" -eq 1 ]
result $? "... also by the next watch, which goes on, and reports it once"
{ task 6 running 11; task 1 success 100; } >"$T/tasks.jsonl"

# --- going on ---
start --plain-http --tasks "$T/tasks.jsonl" --fault status=503:3@2 --fault refuse=Forbidden.RAM:2@5
begin --interval 1s --retries 0
wait_until has_requests 8
end
[ "$status" -eq 0 ] && [ "$(grep -c '^osft: the service refused' "$T/err")" -eq 2 ] &&
    [ "$(grep -c 'the watch goes on' "$T/err")" -eq 2 ] && [ "$(grep -c '^osft: the service responds again' "$T/err")" -eq 1 ] &&
    [ "$(wc -l <"$T/out")" -eq 1 ]
result $? "a failure is reported once until it changes, the watch goes on, and reports when the service responds again"
# The endpoint's log has the milliseconds at which each request came.
for asked in throttle=3 throttle-ms=3000 throttle-date=3 html=503 status=204; do
    start --plain-http --tasks "$T/tasks.jsonl" --fault "$asked:1" --fault retry-after=3:1
    begin --interval 1s --retries 0
    wait_until has_requests 2
    end
    sed -n 's/.* GET .* ms=\([0-9]*\) .*/\1/p' "$T/log" | awk '{ at[NR] = $1 } END { exit NR < 2 || at[2] - at[1] < 3000 }'
    result $? "after $asked with a wait of 3 s the next poll comes that much later, though the interval is 1 s"
done
stop
begin --retries 0 --once
finish
[ "$status" -eq 3 ] && grep -q 'Connection refused' "$T/err"
result $? "with --once the exit status says what failed"
start --plain-http --tasks "$T/tasks.jsonl"
ALIBABA_CLOUD_ACCESS_KEY_SECRET=wrongSecretThatNobodyKnows
watch --interval 1s
[ "$status" -eq 5 ] && grep -q SignatureDoesNotMatch "$T/err" && ! grep -q 'goes on' "$T/err"
result $? "credentials that the service does not know end the watch"
ALIBABA_CLOUD_ACCESS_KEY_SECRET=$SECRET
start --plain-http --generate 0 --arrive-per-request 1 --events "$T/truth"
begin --interval 1s --format jsonl
wait_until has_events 3
end
sed -n 's/.*"event":"started".*"generation":"\([0-9]*\)".*/\1/p' "$T/out" | sort -n >"$T/reported"
stop
sed -n 's/^[0-9]* started \([0-9]*\) .*/\1/p' "$T/truth" | sort -n >"$T/happened"
[ "$status" -eq 0 ] && [ "$(wc -l <"$T/reported")" -ge 3 ] && head -n "$(wc -l <"$T/reported")" "$T/happened" | cmp -s - "$T/reported"
result $? "runs that arrive during a watch are reported, each once"

# The service's clock is wrong for four requests, then right. To the command, the service's clock changes.
start --plain-http --tasks "$T/tasks.jsonl" --fault skew=43200:4
begin --interval 1s
wait_until has_requests 7
end
[ "$status" -eq 0 ] && [ "$(grep -c "s behind the service's" "$T/err")" -eq 1 ] &&
    [ "$(grep -c 'clock has been set right, and is used again' "$T/err")" -eq 1 ] && [ "$(wc -l <"$T/err")" -eq 2 ]
result $? "a clock that is off is reported, and that it has been set right as well"

# --- signals, pipes ---
start --plain-http --tasks "$T/tasks.jsonl" --fault stall
begin --state "$T/kept" --timeout 10m
wait_until has_requests 1
end
[ "$status" -eq 0 ] && [ ! -s "$T/err" ] && [ -z "$(find "$T" -maxdepth 1 -name 'kept.*')" ] && [ -s "$T/kept" ]
result $? "SIGTERM in the middle of a call ends a watch, with 0"
begin --once --timeout 10m
wait_until has_requests 2
end
[ "$status" -eq 143 ] && [ ! -s "$T/err" ]
result $? "... and one with --once as that signal does"
start --plain-http --tasks "$T/tasks.jsonl"
# A shell starts its background jobs with SIGINT ignored, which --default-signal undoes.
env --default-signal=INT "$B/osft" watch --app my_app --function ctr --instance ctr_test --plain-http \
    --endpoint "127.0.0.1:$port" --interval 10m >"$T/out" 2>"$T/err" </dev/null &
child=$!
wait_until [ -s "$T/out" ]
end INT
[ "$status" -eq 0 ] && [ ! -s "$T/err" ] && [ "$(events)" = "started run-6 11" ]
result $? "SIGINT ends the pause between two polls"
start --plain-http --generate 0 --arrive-per-request 1
{
    "$B/osft" watch --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" \
        --interval 1s --state "$T/piped" 2>"$T/err"
    echo $? >"$T/status"
} | head -n 1 >"$T/out"
status=$(cat "$T/status")
[ "$status" -eq 0 ] && [ ! -s "$T/err" ] && [ "$(wc -l <"$T/out")" -eq 1 ]
result $? "a closed pipe ends a watch and is no error"

# --- a terminal ---
# terminal SETTINGS ARGUMENTS...: runs a watch of at least three polls on a terminal; what it drew goes to
# $T/out.
size='cols 100 rows 12'
terminal() {
    settings=$1
    shift
    requests=$(($(grep -c GET "$T/log") + 6))
    rm -f "$T/pid"
    script -qec "stty $size; echo \$\$ >$T/pid; exec env $settings $B/osft watch --app my_app --function ctr \
        --instance ctr_test --plain-http --endpoint 127.0.0.1:$port --interval 1s $*" "$T/typescript" >/dev/null 2>&1 </dev/null &
    child=$!
    wait_until has_requests "$requests"
    wait_until [ -s "$T/pid" ]
    kill -TERM "$(cat "$T/pid")"
    wait "$child"
    status=$?
    child=
    sed '1{/^Script started/d}; ${/^Script done/d}' "$T/typescript" | tr -d '\r' >"$T/out"
    : >"$T/err"
}
esc=$(printf '\033')
if has_terminals; then
    start --plain-http --generate 40 --run-seconds 1000 --arrive-per-request 1
    terminal TERM=xterm
    [ "$status" -eq 0 ] && grep -qF '█' "$T/out" && grep -q 'next poll is in' "$T/out" && grep -qF "${esc}[7A" "$T/out"
    result $? "on a terminal the newest runs stay in view, as many as fit, drawn over themselves"
    [ "$(grep -oF "${esc}[?25l" "$T/out" | wc -l)" -ge 3 ] &&
        [ "$(grep -oF "${esc}[?25l" "$T/out" | wc -l)" -eq "$(grep -oF "${esc}[?25h" "$T/out" | wc -l)" ] &&
        [ "$(grep -oF "${esc}[?7l" "$T/out" | wc -l)" -eq "$(grep -oF "${esc}[?7h" "$T/out" | wc -l)" ] &&
        tail -c 40 "$T/out" | grep -qF "${esc}[?7h${esc}[?25h"
    result $? "... and the cursor and line wrapping are always switched on again"
    grep -q "Z  ${esc}\[36mstarted${esc}\[0m" "$T/out"
    result $? "... below the events"
    terminal TERM=dumb
    [ "$status" -eq 0 ] && ! grep -qF "$esc" "$T/out" && grep -q 'Z  started  ' "$T/out" && ! grep -q GEN "$T/out"
    result $? "on a terminal whose cursor cannot be moved, events are lines"
    terminal "TERM=xterm NO_COLOR=1"
    [ "$status" -eq 0 ] && ! grep -q "${esc}\[[0-9]*m" "$T/out" && grep -qF "${esc}[7A" "$T/out"
    result $? "NO_COLOR switches only colour off"
    size='cols 40 rows 24'
    terminal TERM=dumb
    [ "$status" -eq 0 ] && grep -Eq '^[0-9:]{8}  started     [0-9]+ +[^ ]+\.\.[^ ]+ +[0-9]+%$' "$T/out" &&
        awk 'length > 40 { bad = 1 } END { exit bad }' "$T/out"
    result $? "in 40 columns an event is one row: its time without the day, its run cut in the middle"
    terminal TERM=xterm
    [ "$status" -eq 0 ] && grep -qF "${esc}[15A" "$T/out" && ! grep -q "${esc}\[K\$" "$T/out" &&
        sed "s/$esc\[[?0-9]*[a-zA-Z]//g" "$T/out" | awk 'length > 40 { bad = 1 } END { exit bad }'
    result $? "... and so is each run in view, of which 24 rows show 13"
    sed "s/$esc\[[?0-9]*[a-zA-Z]//g" "$T/out" | grep -Eqx '[0-9]{2}:[0-9]{2}:[0-9]{2}; next poll in 1s; Ctrl-C ends'
    result $? "... and the line below them is whole, with the time alone"
    size='cols 100 rows 12'
    terminal TERM=xterm --format jsonl
    [ "$status" -eq 0 ] && ! grep -qF "$esc" "$T/out" && grep -q '^{"time":' "$T/out"
    result $? "JSON Lines on a terminal are JSON Lines"
else
    skip 'a watch on a terminal' 'there are no pseudo-terminals here'
fi

grep -q started "$T/all" && ! grep -qF "$SECRET" "$T/all"
result $? "no secret was ever printed"
echo "1..$n"
exit $failed
