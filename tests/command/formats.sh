#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests the formats prometheus and timeline of osft parse. Prints TAP.
set -u
. tests/tools/command.sh

# save RESULT [MORE]: save a response in $T/response.
save() {
    printf '{"result":[%s]%s}' "$1" "${2:-}" >"$T/response"
}
prometheus() {
    run parse --format prometheus "$T/response"
}
# has LINE...: check that each of these is one whole line of the output.
has() {
    for line in "$@"; do
        grep -qxF -e "$line" "$T/out" || return 1
    done
}
exposition() {
    awk -f tests/tools/exposition.awk "$T/out" >"$T/wrong"
}

# --- the checker itself ---
# bad NAME LINE...: the checker must not take that.
bad() {
    name=$1
    shift
    printf '%s\n' "$@" >"$T/out"
    ! exposition && [ -s "$T/wrong" ]
    result $? "the checker refuses $name"
}
: >"$T/err"
H='# HELP a b' Y='# TYPE a gauge'
printf '%s\n' "$H" "$Y" 'a{x="\\\"\n",y="ü}, {"} 1' 'a{x=""} -0.5' 'a 1e-7' 'a{} NaN' >"$T/out"
exposition
result $? "the checker takes what is right"
bad 'an empty page' ''
bad 'a metric without TYPE' "$H" 'a 1'
bad 'a metric without HELP' "$Y" 'a 1'
bad 'HELP twice' "$H" "$H" "$Y" 'a 1'
bad 'a TYPE that is none' "$H" '# TYPE a gouge' 'a 1'
bad 'TYPE behind a sample' "$H" "$Y" 'a 1' "# TYPE a counter"
bad 'a series twice' "$H" "$Y" 'a{x="1"} 1' 'a{x="1"} 2'
bad 'a label twice' "$H" "$Y" 'a{x="1",x="2"} 1'
bad 'an unknown escape' "$H" "$Y" 'a{x="\t"} 1'
bad 'a value without end' "$H" "$Y" 'a{x="1} 1'
bad 'labels without end' "$H" "$Y" 'a{x="1" 1'
bad 'a label that is no name' "$H" "$Y" 'a{1="1"} 1'
bad 'a value that is none' "$H" "$Y" 'a 1.'
bad 'a value that is a text' "$H" "$Y" 'a "1"'
bad 'no value' "$H" "$Y" 'a{x="1"}'
bad 'samples that do not stand together' "$H" "$Y" '# HELP b b' '# TYPE b gauge' 'a 1' 'b 1' 'a{x="1"} 2'

# --- prometheus ---
cat >"$T/response" <<'END'
{"totalCount":37,"result":[
{"functionName":"ctr","progress":73,"status":"running","startTime":1700000100000,"endTime":0,"extendInfo":null,"runId":"now","generation":12},
{"functionName":"ctr","progress":100,"status":"success","startTime":1700000000123,"endTime":1700000050000,"extendInfo":"{\"recall\":91.49,\"auc\":0.77450,\"errors\":[]}","runId":"run-3","generation":"3"},
{"functionName":"ctr","progress":7,"status":"failed","startTime":1600000000000,"endTime":1600000000500,"extendInfo":"{\"errors\":[\"a\",{\"code\":\"b\",\"n\":1}],\"loss\":1e-7}","generation":"2"},
{}
]}
END
prometheus
[ "$status" -eq 0 ] && [ ! -s "$T/err" ] && exposition
result $? "prometheus: the page is well-formed"
cat >"$T/want" <<'END'
# HELP osft_tasks_matching How many tasks match, on all pages.
# TYPE osft_tasks_matching gauge
osft_tasks_matching 37
# HELP osft_newest_task_status 1 for the status of the run that started last, 0 for the others.
# TYPE osft_newest_task_status gauge
osft_newest_task_status{function="ctr",status="success"} 0
osft_newest_task_status{function="ctr",status="failed"} 0
osft_newest_task_status{function="ctr",status="running"} 1
# HELP osft_last_task_success_timestamp_seconds When the last run that succeeded ended, of those listed.
# TYPE osft_last_task_success_timestamp_seconds gauge
osft_last_task_success_timestamp_seconds{function="ctr"} 1700000050
# HELP osft_last_task_failure_timestamp_seconds When the last run that failed ended, of those listed.
# TYPE osft_last_task_failure_timestamp_seconds gauge
osft_last_task_failure_timestamp_seconds{function="ctr"} 1600000000.5
# HELP osft_task_progress_ratio How much of the run is done, 0 to 1.
# TYPE osft_task_progress_ratio gauge
osft_task_progress_ratio{function="ctr",generation="12",run_id="now"} 0.73
osft_task_progress_ratio{function="ctr",generation="3",run_id="run-3"} 1
osft_task_progress_ratio{function="ctr",generation="2"} 0.07
# HELP osft_task_start_timestamp_seconds When the run started.
# TYPE osft_task_start_timestamp_seconds gauge
osft_task_start_timestamp_seconds{function="ctr",generation="12",run_id="now"} 1700000100
osft_task_start_timestamp_seconds{function="ctr",generation="3",run_id="run-3"} 1700000000.123
osft_task_start_timestamp_seconds{function="ctr",generation="2"} 1600000000
# HELP osft_task_end_timestamp_seconds When the run ended.
# TYPE osft_task_end_timestamp_seconds gauge
osft_task_end_timestamp_seconds{function="ctr",generation="3",run_id="run-3"} 1700000050
osft_task_end_timestamp_seconds{function="ctr",generation="2"} 1600000000.5
# HELP osft_task_duration_seconds How long the run took, or has taken so far.
# TYPE osft_task_duration_seconds gauge
osft_task_duration_seconds{function="ctr",generation="3",run_id="run-3"} 49.877
osft_task_duration_seconds{function="ctr",generation="2"} 0.5
# HELP osft_task_status 1 for the status that the run has, 0 for the others.
# TYPE osft_task_status gauge
osft_task_status{function="ctr",generation="12",run_id="now",status="success"} 0
osft_task_status{function="ctr",generation="12",run_id="now",status="failed"} 0
osft_task_status{function="ctr",generation="12",run_id="now",status="running"} 1
osft_task_status{function="ctr",generation="3",run_id="run-3",status="success"} 1
osft_task_status{function="ctr",generation="3",run_id="run-3",status="failed"} 0
osft_task_status{function="ctr",generation="3",run_id="run-3",status="running"} 0
osft_task_status{function="ctr",generation="2",status="success"} 0
osft_task_status{function="ctr",generation="2",status="failed"} 1
osft_task_status{function="ctr",generation="2",status="running"} 0
# HELP osft_task_metric What the run measured, by its name in extendInfo.
# TYPE osft_task_metric gauge
osft_task_metric{function="ctr",generation="3",run_id="run-3",name="recall"} 91.49
osft_task_metric{function="ctr",generation="3",run_id="run-3",name="auc"} 0.7745
osft_task_metric{function="ctr",generation="2",name="loss"} 0.0000001
# HELP osft_task_errors How many errors extendInfo names.
# TYPE osft_task_errors gauge
osft_task_errors{function="ctr",generation="3",run_id="run-3"} 0
osft_task_errors{function="ctr",generation="2"} 2
END
grep -v '^osft_task_duration_seconds.*"now"' "$T/out" | cmp -s - "$T/want"
result $? "prometheus: base units, labels, a state set, metrics and errors; what is not known is left out"
grep -Eqx 'osft_task_duration_seconds\{function="ctr",generation="12",run_id="now"\} [0-9]+(\.[0-9]+)?' "$T/out"
result $? "prometheus: a run that goes on has lasted until now"

# shellcheck disable=SC2016 # not for the shell
save '{"runId":"a\"b\\c\nd\te\u0000f\u001b[31m\u202e\u00fc","generation":"","progress":1}'
prometheus
# shellcheck disable=SC1003
exposition && has 'osft_task_progress_ratio{generation="",run_id="a\"b\\c\nd\\te\\x00f\\x1b[31m\\u{202e}ü"} 0.01'
result $? "prometheus: labels are escaped, and harmless on a terminal"
! tr -d '\n' <"$T/out" | LC_ALL=C grep -q '[[:cntrl:]]'
result $? "prometheus: no control character comes out"

# values EXTENDINFO LINE...: check the lines for the metrics of that text.
values() {
    what=$1 text=$2
    shift 2
    printf '{"result":[{"extendInfo":"%s"}]}' "$(printf '%s' "$text" | sed 's/[\\"]/\\&/g')" >"$T/response"
    prometheus
    grep '^osft_task_metric{' "$T/out" >"$T/metrics"
    printf '%s\n' "$@" | sed '/^$/d; s/^/osft_task_metric{name=/; s/ /} /' >"$T/want"
    [ "$status" -eq 0 ] && cmp -s "$T/metrics" "$T/want" && { [ ! -s "$T/out" ] || exposition; }
    result $? "prometheus: $what"
}
values 'numbers keep each digit' '{"a":0.30000000000000004,"b":-9223372036854775808,"c":1.50,"d":1e3,"e":-0.05}' \
    '"a" 0.30000000000000004' '"b" -9223372036854775808' '"c" 1.5' '"d" 1000' '"e" -0.05'
values 'numbers of many digits are as they were written' \
    '{"a":123456789012345678901234,"b":1E30,"c":1.5e+200,"d":1e-300,"e":0.123456789012345678901}' \
    '"a" 123456789012345678901234' '"b" 1E30' '"c" 1.5e+200' '"d" 1e-300' '"e" 0.123456789012345678901'
values 'what no double can hold is left out' '{"a":1e400,"b":-1e309,"c":1e201,"d":5}' '"d" 5'
values 'small numbers' '{"a":1e-30,"b":12e-31,"c":123e-255}' \
    '"a" 0.000000000000000000000000000001' '"b" 12e-31' '"c" 123e-255'
values 'true and false are 1 and 0' '{"a":true,"b":false,"c":null,"d":"1","e":[]}' '"a" 1' '"b" 0'
values 'names are paths' '{"eval":{"auc":1,"by":[2,{"x":3}]}}' '"eval.auc" 1' '"eval.by.0" 2' '"eval.by.1.x" 3'
values 'of two metrics with one name the last counts' '{"a":1,"b":2,"a":3,"c":{"d":4},"c.d":5}' '"a" 3' '"b" 2' '"c.d" 5'
values 'errors are no metrics' '{"errors":[1,{"code":2}],"x":{"errors":3}}' '"x.errors" 3'
values 'a bare number has no name' '7' ''
values 'a name of 128 bytes is none' "{\"$(printf '%0128d' 0)\":1,\"$(printf '%0127d' 0)\":2}" "\"$(printf '%0127d' 0)\" 2"
values 'what comes before a broken end counts' '{"a":1,"b":23' '"a" 1'
! grep -q osft_task_errors "$T/out"
result $? "prometheus: how many errors are in a broken text is not known"
awk 'BEGIN { printf "{\"result\":[{\"extendInfo\":\"{"
    for (i = 0; i < 600; i++) printf "%s\\\"m%d\\\":%d", i ? "," : "", i, i
    print "}\"}]}" }' >"$T/response"
prometheus
exposition && [ "$(grep -c '^osft_task_metric' "$T/out")" -eq 512 ]
result $? "prometheus: at most 512 metrics a run"

# errors TEXT COUNT: check the number of errors that extendInfo names.
errors() {
    printf '{"result":[{"extendInfo":"%s"}]}' "$(printf '%s' "$1" | sed 's/[\\"]/\\&/g')" >"$T/response"
    prometheus
    exposition && has "osft_task_errors $2"
    result $? "prometheus: $2 errors in $1"
}
errors '{}' 0
errors '{"errors":null}' 0
errors '{"errors":"one"}' 1
errors '{"errors":{"code":"x","n":[1,2,3]}}' 1
errors '{"errors":["a","b",{"c":[1,2,3,4,5]}]}' 3
errors '{"Errors":["a"],"x":{"errors":[1,2]}}' 1

save '{"generation":"1","progress":1},{"generation":"1","progress":2},{"progress":3},{"progress":4},{"generation":"1","runId":"x","progress":5},{"generation":"1","progress":6}'
prometheus
exposition && [ "$(grep '^osft_task_progress' "$T/out")" = 'osft_task_progress_ratio{generation="1"} 0.01
osft_task_progress_ratio 0.03
osft_task_progress_ratio{generation="1",run_id="x"} 0.05' ]
result $? "prometheus: tasks that cannot be told apart are one, the first"
save '{"status":"paused","generation":"1"},{"status":"","generation":"2"}'
prometheus
exposition && has 'osft_task_status{generation="1",status="paused"} 1' 'osft_task_status{generation="1",status="running"} 0' &&
    [ "$(grep -c '^osft_task_status' "$T/out")" -eq 4 ]
result $? "prometheus: a status of its own kind is a state, an empty one is none"
save '' ',"totalCount":0'
prometheus
exposition && [ "$(grep -v '^#' "$T/out")" = 'osft_tasks_matching 0' ]
result $? "prometheus: no task at all"
save '{"startTime":9223372036854775807,"endTime":9223372036854775807}'
prometheus
exposition && has 'osft_task_start_timestamp_seconds 9223372036854775.807' 'osft_task_duration_seconds 0'
result $? "prometheus: the last millisecond there is"
awk 'BEGIN { printf "{\"result\":["
    for (i = 0; i < 20000; i++) printf "%s{\"generation\":%d,\"progress\":%d}", i ? "," : "", i % 15000, i % 100
    print "]}" }' >"$T/response"
prometheus
exposition && [ "$(grep -c '^osft_task_progress_ratio' "$T/out")" -eq 15000 ]
result $? "prometheus: 20000 tasks, of which 15000 differ"

# --- of each function instance ---
save '{"functionName":"b","generation":"1","status":"failed","startTime":5000,"endTime":9000},
{"functionName":"a","generation":"2","status":"success","startTime":1000,"endTime":8000},
{"functionName":"a","generation":"3","status":"success","startTime":3000,"endTime":4000},
{"functionName":"a","generation":"4","status":"paused","startTime":7000,"endTime":0},
{"functionName":"a","generation":"5","status":"failed","startTime":2000,"endTime":0}'
prometheus
exposition && [ "$(grep -e '^osft_newest' -e '^osft_last' "$T/out")" = 'osft_newest_task_status{function="a",status="success"} 0
osft_newest_task_status{function="a",status="failed"} 0
osft_newest_task_status{function="a",status="running"} 0
osft_newest_task_status{function="a",status="paused"} 1
osft_newest_task_status{function="b",status="success"} 0
osft_newest_task_status{function="b",status="failed"} 1
osft_newest_task_status{function="b",status="running"} 0
osft_last_task_success_timestamp_seconds{function="a"} 8
osft_last_task_failure_timestamp_seconds{function="b"} 9' ]
result $? "prometheus: the newest status is of the run that started last, success and failure of those that ended last, for each function"

# --- different texts ---
# As labels are told apart: by what a scraper reads.
save '{"runId":"x\ty","generation":"2","progress":10,"extendInfo":"{\"a\\tb\":1,\"a\\\\tb\":2,\"c\\rd\":3,\"c\\\\rd\":4,\"e\\nf\":5,\"e\\\\nf\":6}"},
{"runId":"x\\ty","generation":"2","progress":20},{"runId":"x\\x5cty","generation":"2","progress":30},{"runId":"x\\u{9}y","generation":"2","progress":40},
{"runId":"C:\\dir\\","generation":"2","progress":50}'
prometheus
exposition && [ "$(grep -c '^osft_task_progress_ratio{' "$T/out")" -eq 5 ] && [ "$(grep -c '^osft_task_metric{' "$T/out")" -eq 6 ] &&
    has 'osft_task_progress_ratio{generation="2",run_id="C:\\dir\\"} 0.5'
result $? "prometheus: different texts are different labels, and usual ones stay as they are"

printf '{"totalCount":2,"result":[{"progress":1},{"progress":2' >"$T/response"
prometheus
[ "$status" -eq 6 ] && [ ! -s "$T/out" ]
result $? "prometheus: a response that was cut prints no half page"

# --- timeline ---
save '{"generation":"4","status":"failed","startTime":1700006400000,"endTime":1700007000000},
{"generation":"3","status":"success","startTime":1700000000000,"endTime":1700003600000},
{"generation":"2","status":"success","startTime":1700001800000,"endTime":1700001800001},
{"runId":"no start","status":"failed"},
{"generation":"1","status":"other","startTime":1700000000000,"endTime":1700007000000}'
run parse --format timeline "$T/response"
[ "$status" -eq 0 ] && [ ! -s "$T/err" ] && [ "$(wc -l <"$T/out")" -eq 8 ] &&
    [ "$(awk '{ if (length > m) m = length } END { print m }' "$T/out")" -le 105 ]
result $? "timeline: a line a run, with an axis above and a legend below, in 100 columns"
awk '
    NR == 1 && !/^GEN +STATUS +11-14 22:30 +11-14 23:00/ { bad = 1 }
    NR == 2 && !/^ +-+\+-+\+-+\+-+\+-+$/ { bad = 1 }
    NR == 3 && !/^4 +failed +x+$/ { bad = 1 }
    NR == 4 && !/^3 +success  #+$/ { bad = 1 }
    NR == 5 && !/^2 +success +#$/ { bad = 1 }
    NR == 6 && !/^no start +failed +\(start unknown\)$/ { bad = 1 }
    NR == 7 && !/^1 +other +-+$/ { bad = 1 }
    NR == 8 && !/^2023-11-14T22:13:20Z to 2023-11-15T00:10:00Z; one column: 1m 2[0-9]s; # success, x failed, = running$/ { bad = 1 }
    { if (NR == 2 || NR == 7) end[NR] = length }
    END { exit bad || end[7] < 99 || end[2] != 100 }' "$T/out"
result $? "timeline: bars of the status's mark, the shortest of one column, a run without a start marked as such"
tick=$(awk 'NR == 1 { print index($0, "11-14 23:00") }' "$T/out")
[ "$tick" -gt 0 ] && [ "$(awk -v at="$tick" 'NR == 2 { print substr($0, at, 1) }' "$T/out")" = + ]
result $? "timeline: labels begin above their ticks"
! LC_ALL=C grep -q '[^ -~]' "$T/out"
result $? "timeline: nothing but ASCII where there is no terminal"

save '{"generation":"9","status":"running","startTime":1700000000000,"endTime":0}'
run parse --format timeline "$T/response"
[ "$status" -eq 0 ] && grep -Eqx '9    running  =+>' "$T/out" &&
    [ "$(grep '^9' "$T/out" | wc -c)" -eq "$(sed -n 2p "$T/out" | wc -c)" ]
result $? "timeline: a run that goes on reaches to now and is open"
save ''
run parse --format timeline "$T/response"
[ "$status" -eq 0 ] && [ "$(cat "$T/out")" = 'no task to show' ]
result $? "timeline: with no task there is a line that says so"
save '{"generation":"\u001b[31m\nb\u202ecdefgh","status":"x\u0007"}'
run parse --format timeline "$T/response"
[ "$status" -eq 0 ] && [ "$(cat "$T/out")" = '\x1b..cdefgh  x\x07   (start unknown)' ]
result $? "timeline: texts are harmless on a terminal, and cut; without a start there is no axis"
save '{"status":"success","startTime":0,"endTime":9223372036854775807},{"status":"success","startTime":9223372036854775807,"endTime":5},
{"status":"success","startTime":0}'
run parse --format timeline "$T/response"
[ "$status" -eq 0 ] && [ "$(sed -n 3p "$T/out" | tr -d ' ' | tr -cd '#' | wc -c)" -ge 80 ] &&
    grep -Eqx -- '- +success {70,}#' "$T/out" && grep -Eqx -- '- +success  #' "$T/out"
result $? "timeline: from the first millisecond there is to the last"

run parse --format prometheus /dev/null
[ "$status" -eq 6 ] && [ ! -s "$T/out" ]
result $? "prometheus: a file that is no response is an error, and prints no metrics"
echo "1..$n"
exit "$failed"
