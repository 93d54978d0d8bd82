#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests that a bad task is reported and that the exit status shows it, also when the response was cut behind the
# task and another attempt delivered the rest.
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh

i=9
while [ $i -gt 0 ]; do
    progress=$((i == 9 ? 150 : 50))
    printf '{"functionName":"ctr","progress":%d,"status":"running","startTime":170000000%d000,"endTime":0,"extendInfo":"","runId":"run-%d","generation":"%d"}\n' $progress $i $i $i
    i=$((i - 1))
done >"$T/tasks"

for format in table jsonl; do
    for cut in none 500 700 900; do
        start --plain-http --tasks "$T/tasks" ${cut:+$([ $cut = none ] || echo --fault "cut=$cut:1@1")}
        run list --all --page-size 9 --app my_app --function ctr --instance ctr_test --plain-http \
            --endpoint "127.0.0.1:$port" --retries 2 --timeout 20s --format $format
        [ "$status" -eq 6 ] && grep -q run-9 "$T/err" && [ "$(grep -c 'run-[1-8]' "$T/out")" -eq 8 ]
        result $? "list --all as $format reports a bad task with the first response cut at $cut"
    done
done
rm -f "$T/state"
start --plain-http --tasks "$T/tasks" --fault "cut=700:1@1"
run watch --once --app my_app --function ctr --instance ctr_test --plain-http \
    --endpoint "127.0.0.1:$port" --retries 2 --timeout 20s
[ "$status" -eq 6 ] && grep -q run-9 "$T/err"
result $? "watch --once ends with 6 for a bad task though the first response was cut behind it"

echo "1..$n"
exit $failed
