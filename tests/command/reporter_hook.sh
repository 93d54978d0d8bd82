#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks the hook of osft-reporter: the reporter runs a command for each event, and goes on polling meanwhile.
# shellcheck disable=SC2016 # the variables are those of the commands
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/reporter.sh
export OUT="$T/commands"
F=$T/osft.prom

watch() { # COMMAND SETTING...
    command=$1
    shift
    stop_reporter
    rm -f "$OUT" "$F"
    start_reporter --set "hook.command=$command" --set "textfile.path=$F" --set "defaults.endpoint=127.0.0.1:$port" \
        --set defaults.plain_http=yes --set defaults.interval=1s --set defaults.app=my_app --set defaults.function=ctr \
        --set 'instance a.instance=ctr_test' "$@"
}
lines() { # FILE COUNT
    [ "$(wc -l 2>/dev/null <"$1" || echo 0)" -ge "$2" ]
}

# --- the input of a command ---
{ task 2 running 42 | sed 's/run-2/run 2 $(touch $OUT.bad) `/'; task 1 running 7; } >"$T/tasks"
start --plain-http --tasks "$T/tasks"
watch 'echo "$OSFT_EVENT,$OSFT_WATCH,$OSFT_APP,$OSFT_FUNCTION,$OSFT_INSTANCE,$OSFT_GENERATION,$OSFT_STATUS,$OSFT_PROGRESS,$OSFT_START_TIME,${OSFT_END_TIME-none},${OSFT_PROGRESS_BEFORE-none},$OSFT_RUN_ID" >>"$OUT"; cat >>"$OUT.json"; env >>"$OUT.env"'
until_true lines "$OUT.json" 2
sort "$OUT" >"$T/sorted"
[ "$(cat "$T/sorted")" = 'started,a,my_app,ctr,ctr_test,1,running,7,2023-11-14T22:13:21Z,none,none,run-1
started,a,my_app,ctr,ctr_test,2,running,42,2023-11-14T22:13:22Z,none,none,run 2 $(touch $OUT.bad) `' ]
result $? "each event runs the command once, with the event in the environment"
[ "$(grep -c '^{"time":[0-9]*,"event":"started","id":"[0-9a-f]\{16\}","watch":"a","app":"my_app","function":"ctr","functionInstance":"ctr_test",.*"extendInfo":{"auc":0.77},.*"generation":"[12]"}$' "$OUT.json")" -eq 2 ]
result $? "... and as JSON on standard input, with extendInfo as an object"
[ ! -e "$OUT.bad" ]
result $? "... and no text of the service is run"
until_true has_line "$OUT.env" '^OSFT_EVENT=' && ! grep -qE "ALIBABA_CLOUD_ACCESS|$SECRET" "$OUT.env"
result $? "... and no command gets the AccessKey"
stop_reporter

# --- in order, one at a time ---
for g in $(seq 30); do task $((31 - g)) running 1; done >"$T/tasks"
start --plain-http --tasks "$T/tasks"
watch 'mkdir "$OUT.lock" || echo overlap >>"$OUT"; echo "$OSFT_GENERATION" >>"$OUT"; rmdir "$OUT.lock"'
until_true lines "$OUT" 30
[ "$(cat "$OUT")" = "$(seq 30 | sort -rn)" ]
result $? "commands run one at a time, in the order of the events"
stop_reporter

# --- a command that takes long, and a command that takes too long ---
task 1 running 1 >"$T/tasks"
start --plain-http --tasks "$T/tasks"
watch 'echo $$ >>"$OUT"; sleep 1000'
until_true lines "$OUT" 1
: >"$T/log"
until_true polls 4 && kill -0 "$(cat "$OUT")"
result $? "polls go on while a command runs"
child=$(cat "$OUT")
stop_reporter
[ "$status" -eq 0 ] && ! kill -0 "$child" 2>/dev/null
result $? "a running command is ended together with the reporter"
# end_with SIGNAL: End a reporter while its command, which takes a second, runs. The signal is sent several times,
# because a second SIGTERM is lost when the reporter has not handled the first one yet.
end_with() {
    watch 'echo begun >>"$OUT"; sleep 1; echo ended >>"$OUT"'
    until_true lines "$OUT" 1
    kill "$reporter"
    for _ in $(seq 10); do
        sleep 0.05
        kill "-$1" "$reporter" 2>/dev/null
    done
    wait "$reporter"
    reporter=
}
end_with HUP
lines "$OUT" 2
result $? "a command may end within two seconds of SIGTERM, also when SIGHUP follows"
end_with TERM
! lines "$OUT" 2
result $? "... but not when a second SIGTERM follows"
watch 'echo $$ >>"$OUT"; trap "" TERM; sleep 1000 & wait' --set hook.timeout=1s
until_true says 'had not ended after 1000 ms, and was killed' && ! kill -0 "$(cat "$OUT")" 2>/dev/null
result $? "a command that exceeds its timeout is killed, also when it ignores SIGTERM"
until_true has_line "$F" '^osft_hook_failures_total 1$'
result $? "... and counted"
stop_reporter

# --- commands that fail ---
watch 'exit 3'
until_true says '[hook] the command for the event started of [a], run run-1, ended with status 3'
result $? "a command that fails is reported"
stop_reporter
watch '/no/such/command' 2>/dev/null
until_true says 'ended with status 127 (not found)'
result $? "... and so is a command that does not exist"
stop_reporter

# --- too many events ---
for g in $(seq 300); do task $((301 - g)) running 1; done >"$T/tasks"
start --plain-http --tasks "$T/tasks"
watch 'echo "$OSFT_GENERATION" >>"$OUT"; while [ ! -e "$OUT.go" ]; do sleep 0.1; done' --set defaults.runs=1000
until_true has_line "$F" '^osft_hook_events_dropped_total 100$' && [ "$(grep -c 'have no command any more' "$T/err")" -eq 1 ]
result $? "events for which there is no room are counted, and reported once"
touch "$OUT.go"
until_true says '[hook] has caught up' && until_true lines "$OUT" 200 && [ "$(wc -l <"$OUT")" -eq 200 ]
result $? "... and the events that wait get their commands"
stop_reporter

# --- a command that cannot be started ---
start --plain-http --generate 0 --arrive-ms 400 --run-ms 700
watch 'echo "$OSFT_EVENT" >>"$OUT"'
until_true lines "$OUT" 3
# With this limit the reporter has no descriptor left for the pipe of a command.
prlimit --pid "$reporter" --nofile=5:1024
until_true says '[hook] a command could not be started: '
: >"$T/log"
until_true polls 6 && [ "$(grep -c 'could not be started' "$T/err")" -eq 1 ]
result $? "that no command can be started is reported once"
prlimit --pid "$reporter" --nofile=1024:1024
until_true says '[hook] commands can be started again'
said=$?
stop # without an endpoint no event is added, so the waiting events are finished even on a slow machine
[ "$said" -eq 0 ] && until_true has_line "$F" '^osft_up.* 0$' &&
    until_true has_line "$F" '^osft_hook_events_waiting 0$' &&
    has_line "$F" '^osft_hook_failures_total 0$' && has_line "$F" '^osft_hook_events_dropped_total 0$'
result $? "... and the events that waited have their commands"

echo "1..$n"
exit "$failed"
