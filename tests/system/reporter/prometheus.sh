#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks osft-reporter with a real Prometheus: promtool accepts the exposition, the example configuration and the
# example alerts; Prometheus scrapes the reporter; and the alerts fire and resolve when runs and polls fail.
# shellcheck disable=SC2317 # functions are called by until_true
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/reporter.sh
examples=examples/gateway/prometheus
prometheus=
quit() {
    [ -z "$prometheus" ] || { kill "$prometheus" 2>/dev/null; wait "$prometheus" 2>/dev/null; }
    stop_reporter
    stop
    rm -rf "$T"
}
trap quit EXIT

if ! "$B/osft-reporter" --version | grep -q '^with libmicrohttpd'; then
    skip "the reporter and Prometheus" "it was built without libmicrohttpd"
    echo "1..$n"
    exit 0
fi
if ! programs=$(sh tests/tools/prometheus.sh "$B" 2>"$T/why"); then
    skip "the reporter and Prometheus" "$(tail -n 1 "$T/why")"
    echo "1..$n"
    exit 0
fi
sh tests/tools/need.sh curl || exit 1

# promtool ARGUMENTS...: Run promtool, and return whether it has ended with status 0.
promtool() {
    "$programs/promtool" "$@" >"$T/out" 2>&1
    status=$?
    [ "$status" -eq 0 ]
}

# --- the example files ---
promtool check config $examples/prometheus.yml && promtool check rules $examples/osft-alerts.yml
result $? "promtool accepts the example configuration and the example alerts"
promtool test rules tests/system/reporter/alerts.yml
result $? "each alert begins and ends when it should"
sed -n 's/^ *- alert: //p' $examples/osft-alerts.yml | sort >"$T/alerts"
grep -o 'Osft[A-Za-z]*' tests/system/reporter/alerts.yml | sort -u | diff "$T/alerts" - >"$T/out"
result $? "... and each alert was tested"

# --- the exposition ---
# get PATH: Request a path. The body goes to $T/page.
get() {
    curl -s -m 30 -f -o "$T/page" "$url$1"
}
# watch PORT SETTING...: Start a reporter with two instances that listens at the port.
watch() {
    http_port=$1
    shift
    start_reporter --set "http.port=$http_port" --set "textfile.path=$T/osft.prom" \
        --set "defaults.endpoint=127.0.0.1:$port" --set defaults.plain_http=yes --set defaults.interval=1s \
        --set defaults.app=my_app --set defaults.function=ctr --set 'instance a.instance=one' \
        --set 'instance b.instance=two' "$@"
    until_true find_url
}
accepts() { # FILE: Whether promtool accepts the exposition in the file, without any remark.
    "$programs/promtool" check metrics <"$1" >"$T/out" 2>&1 && [ ! -s "$T/out" ]
    status=$?
    return $status
}
has_metric() { # ERE: Whether /metrics has a line that matches.
    get /metrics && has_line "$T/page" "$1"
}
# The reporter has all metrics: of single runs, a hook and a broker; and a status and texts that must be escaped.
{
    task 3 running 40 | sed 's/"status":"running"/"status":"odd\\" \\\\ \\n ü"/
        s/"runId":"run-3"/"runId":"\\u001b \\"x\\"}"/'
    task 2 success 100
    task 1 failed 20 | sed 's/0.77/1e300,\\"errors\\":[{\\"code\\":1}]/'
} >"$T/tasks"
start --plain-http --tasks "$T/tasks"
set -- --set reporter.run_series=20 --set hook.command=true
! "$B/osft-reporter" --version | grep -q '^with libmosquitto' || set -- "$@" --set mqtt.host=127.0.0.1 --set mqtt.port=1
watch 0 "$@"
until_true has_metric '^osft_up\{watch="b".* 1$' && accepts "$T/page"
result $? "promtool finds no fault in /metrics"
until_true has_line "$T/osft.prom" '^osft_up\{watch="b".* 1$' && accepts "$T/osft.prom"
result $? "... nor about the text file"
# The README must list the metrics of two expositions: of this one, and of a second one, after the newest run has ended.
cp "$T/page" "$T/exposed"
{ task 2 success 100 | sed 's/0.77/1,\\"errors\\":[]/'; task 1 failed 20; } >"$T/tasks"
start --plain-http --port "$port" --tasks "$T/tasks"
until_true has_metric '^osft_newest_task_end_timestamp_seconds\{watch="a"' && accepts "$T/page"
result $? "... nor when the newest run has ended"
cat "$T/page" >>"$T/exposed"
{ echo osft_up; cat "$T/page"; } >"$T/spoilt"
! accepts "$T/spoilt"
result $? "... and it finds a line that is no sample"
if [ $# -gt 4 ]; then
    sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' "$T/exposed" | sort -u >"$T/names"
    # shellcheck disable=SC2016 # nothing to expand
    awk '/^## / { inside = $2 == "Prometheus" } inside' examples/gateway/README.md |
        sed -n 's/^| \(`osft_[^|]*\) |.*/\1/p' | grep -o '`[^`]*`' | tr -d '`' | sort >"$T/listed"
    diff "$T/names" "$T/listed" >"$T/out"
    result $? "the README's table has each metric that is exposed, and no other"
else
    skip "the README's table has each metric that is exposed, and no other" "it was built without libmosquitto"
fi
stop_reporter

# --- a Prometheus that scrapes ---
{ task 2 running 40; task 1 success 100; } >"$T/tasks"
start --plain-http --tasks "$T/tasks"
watch 0
target=${url##*/}
# Copy the example files, with the target of this test, and with times short enough for a test.
cp $examples/osft-alerts.yml "$T/rules"
sed 's/^\( *for:\) .*/\1 0s/' "$T/rules" >"$T/osft-alerts.yml"
sed "s/127.0.0.1:9473/$target/; s/^\( *[a-z]*_interval:\) .*/\1 1s/" $examples/prometheus.yml >"$T/prometheus.yml"
grep -q "$target" "$T/prometheus.yml" && [ "$(grep -c 'interval: 1s$' "$T/prometheus.yml")" -eq 2 ] &&
    promtool check config "$T/prometheus.yml"
result $? "the example configuration scrapes the reporter of this test"
"$programs/prometheus" --config.file="$T/prometheus.yml" --storage.tsdb.path="$T/tsdb" \
    --web.listen-address=127.0.0.1:0 >"$T/prometheus.log" 2>&1 </dev/null &
prometheus=$!
find_api() {
    api=$(sed -n 's/.*msg="Listening on".*address=\(127\.0\.0\.1:[0-9]*\).*/\1/p' "$T/prometheus.log")
    [ -n "$api" ] && curl -s -m 30 -f -o "$T/api" "http://$api/-/ready"
}
until_true find_api || {
    tail -n 20 "$T/prometheus.log" | sed 's/^/# /'
    echo "Bail out! Prometheus did not start"
    exit 1
}
# query EXPRESSION: Query Prometheus. Its response goes to $T/api, as JSON.
query() {
    curl -s -m 30 -o "$T/api" --data-urlencode "query=$1" "http://$api/api/v1/query"
}
# has_value EXPRESSION VALUE: Whether there is exactly one such series, with that value.
has_value() {
    query "$1" && cp "$T/api" "$T/out" &&
        [ "$(grep -o '"value":\[[^]]*\]' "$T/api" | sed 's/.*,"\(.*\)"]/\1/')" = "$2" ]
}
# fires ALERT WATCH: Whether the alert fires for that instance.
fires() {
    has_value "ALERTS{alertname=\"$1\",alertstate=\"firing\",watch=\"$2\"}" 1
}
# rests ALERT: Whether the alert does not fire.
rests() {
    query "ALERTS{alertname=\"$1\"}" && grep -q '"status":"success".*"result":\[\]' "$T/api"
}
until_true has_value 'up{job="osft"}' 1
result $? "Prometheus scrapes the reporter"
until_true has_value 'osft_up{watch="a",app="my_app",function="ctr",function_instance="one"}' 1 &&
    until_true has_value 'osft_newest_task_progress_ratio{watch="b"}' 0.4 &&
    until_true has_value 'osft_newest_task_status{watch="b",status="running"}' 1 &&
    until_true has_value 'osft_newest_task_status{watch="b",status="failed"}' 0 &&
    until_true has_value 'osft_newest_task_metric{watch="a",name="auc"}' 0.77 &&
    until_true has_value 'osft_newest_task_start_timestamp_seconds{watch="a"}' 1700000002 &&
    until_true has_value 'osft_newest_task_info{watch="a",run_id="run-2",generation="2"}' 1
result $? "... and has the values that the endpoint sends"
# has_all: Whether Prometheus has as many series of the reporter as /metrics has samples.
has_all() {
    get /metrics && has_value 'count({job="osft",__name__=~"osft_.*"})' "$(grep -vc '^#' "$T/page")"
}
until_true has_all
result $? "... and each series of /metrics"
# fires_alone ALERT: Whether only this alert fires, for both instances. The newest run began years ago.
fires_alone() {
    fires "$1" a && fires "$1" b && has_value 'count(ALERTS)' 2
}
until_true fires_alone OsftRunTooLong
result $? "only the alert of runs that take too long fires"

# --- a run fails, and the next one starts ---
{ task 2 failed 40; task 1 success 100; } >"$T/tasks"
start --plain-http --port "$port" --tasks "$T/tasks"
until_true fires OsftRunFailed a && until_true fires OsftRunFailed b
result $? "the alert of a run that failed fires"
curl -s -m 30 -o "$T/out" "http://$api/api/v1/alerts" &&
    grep -qF '"summary":"The newest run of a has failed."' "$T/out" &&
    grep -qF 'Function ctr, instance one of the application my_app.' "$T/out"
result $? "... and names the instance"
{ task 3 running 1; task 2 failed 40; task 1 success 100; } >"$T/tasks"
start --plain-http --port "$port" --tasks "$T/tasks"
until_true rests OsftRunFailed
result $? "... and resolves when the next run has started"

# --- polls fail ---
stop
until_true fires OsftPollsFail a && until_true fires OsftPollsFail b
result $? "the alert of failing polls fires when the endpoint is gone"
has_value 'osft_newest_task_progress_ratio{watch="a"}' 0.01 && has_value 'up{job="osft"}' 1
result $? "... while the metrics of runs stay"
until_true has_value 'sum(osft_poll_errors_total{watch="a"}) > bool 0' 1 &&
    has_value 'time() - osft_last_success_timestamp_seconds{watch="a"} > bool 0' 1
result $? "... errors are counted, and the time since the last success grows"
start --plain-http --port "$port" --tasks "$T/tasks"
until_true rests OsftPollsFail
result $? "... and resolves when the endpoint is back"

# --- the reporter is gone ---
stop_reporter
is_gone() {
    has_value 'ALERTS{alertname="OsftReporterGone",alertstate="firing"}' 1
}
until_true is_gone
result $? "the alert of a reporter that is gone fires"
watch "${target##*:}"
until_true rests OsftReporterGone
result $? "... and resolves when the reporter is back"

echo "1..$n"
exit "$failed"
