#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks the text file of osft-reporter for node_exporter's collector: the file is valid at every moment, has the values
# of the endpoint, and is also written when polls fail.
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/reporter.sh
mkdir "$T/text"
F=$T/text/osft.prom

watch() {
    stop_reporter
    rm -f "$F"
    start_reporter --set "textfile.path=$F" --set "defaults.endpoint=127.0.0.1:$port" --set defaults.plain_http=yes \
        --set defaults.interval=1s --set defaults.app=my_app --set defaults.function=ctr --set 'instance a.instance=one' \
        --set 'instance b.instance=two' "$@"
}
valid() {
    awk -f tests/tools/exposition.awk "$F" >"$T/out"
}
# value NAME [LABELS]: Print the value of the instance a.
value() {
    sed -n "s/^$1{watch=\"a\",app=\"my_app\",function=\"ctr\",function_instance=\"one\"$2} //p" "$F" 2>/dev/null
}
has_value() { # NAME LABELS VALUE: Whether the instance a has that value.
    [ "$(value "$1" "$2")" = "$3" ]
}

# --- values of the endpoint ---
{
    printf '{"functionName":"ctr","progress":40,"status":"running","startTime":1700000300000,"endTime":0,"extendInfo":"{\\"auc\\":0.7745,\\"eval\\":{\\"recall\\":1e400},\\"errors\\":[{\\"code\\":1},{\\"code\\":2}]}","runId":"run \\"3\\"\\n","generation":"3"}\n'
    task 2 success 100
    task 1 failed 20
} >"$T/tasks"
start --plain-http --tasks "$T/tasks"
watch
until_true has_line "$F" '^osft_up.* 1$' && until_true has_value osft_up '' 1 && valid
result $? "the file is a valid exposition"
has_value osft_newest_task_status ',status="running"' 1 && has_value osft_newest_task_status ',status="success"' 0 &&
    has_value osft_newest_task_status ',status="failed"' 0
result $? "the newest run's status is a set of states"
has_value osft_newest_task_progress_ratio '' 0.4 && has_value osft_newest_task_start_timestamp_seconds '' 1700000300 &&
    [ -z "$(value osft_newest_task_end_timestamp_seconds '')" ] && [ -n "$(value osft_newest_task_duration_seconds '')" ]
result $? "... its progress, start and duration are included, and no end of a run that has not ended"
grep -qF 'osft_newest_task_info{watch="a",app="my_app",function="ctr",function_instance="one",generation="3",run_id="run \"3\"\n"} 1' "$F"
result $? "... its generation and id are labels of one series, escaped"
has_value osft_newest_task_metric ',name="auc"' 0.7745 && has_value osft_newest_task_errors '' 2 &&
    ! grep -q 'name="eval' "$F"
result $? "... its metrics are those of extendInfo, except for a number that no double can hold"
has_value osft_last_task_success_timestamp_seconds '' 1700000100 && has_value osft_last_task_failure_timestamp_seconds '' 1700000100
result $? "... the times of the last success and of the last failure of runs are included"
[ "$(value osft_polls_total '')" -ge 1 ] && [ "$(value osft_requests_total '')" -ge 2 ] && has_value osft_poll_errors_total ',kind="refused"' 0 &&
    has_value osft_events_total ',event="started"' 1
result $? "... and counters of polls, requests, errors and events"
! grep -q '^osft_task_' "$F"
result $? "single runs have no series without run_series"
is_alone() { # Whether no other file is beside the text file. While the reporter replaces it, a new file can be there.
    [ "$(ls "$T/text")" = osft.prom ]
}
until_true is_alone && [ "$(stat -c %a "$F")" = 644 ]
result $? "the collector's user can read the file, and no other file is left"

# --- requests ---
stop_reporter
requests=$(sed -n 's/^osft_requests_total{.*} //p' "$F" | awk '{ n += $1 } END { print n }')
# counts_all: Whether the endpoint's log has as many requests as the reporter has counted, or one less: the reporter may
# have counted a request that SIGTERM kept it from sending. The log's last line may come after the reporter's end.
counts_all() {
    extra=$((requests - $(wc -l <"$T/log")))
    [ "$extra" -eq 0 ] || [ "$extra" -eq 1 ]
}
until_true counts_all
status=$?
echo "# counted: $requests; in the log: $(wc -l <"$T/log")"
[ "$status" -eq 0 ]
result $? "after the end the file counts each request that the endpoint has seen"

# --- runs with series ---
for g in $(seq 25); do task $((26 - g)) success 100; done >"$T/tasks"
start --plain-http --tasks "$T/tasks"
watch --set reporter.run_series=3
until_true has_value osft_up '' 1 && valid && [ "$(grep -c '^osft_task_progress_ratio{watch="a"' "$F")" -eq 3 ] &&
    [ "$(grep -c '^osft_task_status{watch="a".*generation="25"' "$F")" -eq 3 ] && ! grep -q 'generation="22"' "$F"
result $? "run_series gives so many of the newest runs series of their own, and no more"
has_value osft_newest_task_end_timestamp_seconds '' 1700000100
result $? "the end of a run that has ended is included"

# --- when polls fail ---
good=$(value osft_last_success_timestamp_seconds '')
stop
until_true has_value osft_up '' 0 && valid
result $? "the file is written also when polls fail"
[ "$(awk -v a="$(value osft_last_success_timestamp_seconds '')" -v b="$good" 'BEGIN { print (a >= b) }')" = 1 ] &&
    has_value osft_newest_task_progress_ratio '' 1 && [ "$(value osft_poll_errors_total ',kind="io"')" -ge 1 ]
result $? "... with the last success, the kind of the error, and the known runs"
start --plain-http --port "$port" --tasks "$T/tasks"
until_true has_value osft_up '' 1
result $? "... and has osft_up 1 when polls succeed again"
stop_reporter

# --- a reader at every moment ---
start --plain-http --generate 30 --arrive-ms 300 --run-ms 900
watch --set reporter.run_series=20
until_true test -e "$F"
bad=0
for _ in $(seq 150); do
    awk -f tests/tools/exposition.awk "$F" >"$T/out" || { bad=1 && cp "$T/out" "$T/seen"; }
done
[ "$bad" -eq 0 ] || sed 's/^/# /' "$T/seen"
[ "$bad" -eq 0 ]
result $? "a reader sees a whole file at every moment"

# --- texts of the service ---
task 5 running 5 | sed 's/"status":"running"/"status":"odd\\"} 1\\nosft_up 7"/' >"$T/tasks"
start --plain-http --tasks "$T/tasks"
watch
until_true has_value osft_up '' 1 && valid && ! grep -q '^osft_up 7' "$F" && [ "$(grep -c '^osft_newest_task_status{watch="a"' "$F")" -eq 4 ]
result $? "a text of the service cannot become a sample; an unknown status is one more of the set"
: >"$T/tasks"
start --plain-http --generate 0
watch
until_true has_value osft_up '' 1 && valid && ! grep -q '^osft_newest' "$F"
result $? "without runs there are no samples of runs"
echo "$SECRET" >"$T/secret"
! grep -qF -f "$T/secret" "$F"
result $? "no secret is in the file"

stop_reporter
mkfifo "$F.new"
watch
until_true has_value osft_up '' 1 && [ -p "$F.new" ]
result $? "a named pipe beside the file does not hold up the loop, and stays"

# --- a folder that nobody can make files in ---
if [ -d /sys ] && ! (true >/sys/osft.prom) 2>/dev/null; then
    F=/sys/osft.prom
    watch
    until_true says 'cannot write /sys/osft.prom: ' &&
        says '; choose a folder that the user of this process can write to, such as /run/osft-reporter'
    result $? "a folder without the right to write is reported with advice"
else
    skip "a folder without the right to write" "this machine has no /sys that cannot be written to"
fi

echo "1..$n"
exit "$failed"
