#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the picture of the page in examples/gateway/README.md: the reporter watches two instances of the local
# endpoint, which sometimes refuses requests, and Chromium shows the page.
# usage: page_picture.sh FILE
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/reporter.sh
picture=$1
sh tests/tools/need.sh chromium curl || exit 1
"$B/osft-reporter" --version | grep -q '^with libmicrohttpd' || {
    echo "page_picture.sh: the reporter was built without libmicrohttpd; make reporter" >&2
    exit 1
}

now=$(date +%s)
# run_json HOURS_AGO HOURS STATUS PROGRESS AUC: Print a run that began so many hours ago and took so many hours (0: it
# has not ended).
run_json() {
    awk -v now="$now" -v ago="$1" -v took="$2" -v status="$3" -v progress="$4" -v auc="$5" 'BEGIN {
        from = now - ago * 3600
        printf "{\"functionName\":\"ctr\",\"progress\":%d,\"status\":\"%s\",\"startTime\":%d000,\"endTime\":%s,", progress, status,
            from, took ? sprintf("%d000", from + took * 3600) : "0"
        printf "\"runId\":\"run-%d\",\"generation\":\"%d\",\"extendInfo\":\"%s\"}\n", 40 - ago, 40 - ago,
            auc ? "{\\\"auc\\\":" auc ",\\\"loss\\\":0.2841,\\\"samples\\\":1284311}" : ""
    }'
}
{
    run_json 0.6 0 running 62 0.7745
    run_json 4.2 2.8 success 100 0.7741
    run_json 9 1.1 failed 35 ''
    run_json 13 2.9 success 100 0.7739
    run_json 15 5.5 success 100 0.7722
    run_json 19 2.4 success 100 0.7718
    run_json 24 3.1 success 100 0.7701
} >"$T/tasks"
start --plain-http --tasks "$T/tasks" --fault refuse=Forbidden.RAM:1@2 --fault status=503:1@4
start_reporter --set http.port=0 --set "defaults.endpoint=127.0.0.1:$port" --set defaults.plain_http=yes --set defaults.interval=1s \
    --set defaults.app=shop --set defaults.function=ctr --set 'instance ranking.instance=ranking' --set 'instance search.instance=search'
until_true find_url || exit 1
# is_ready: Whether both instances are up and all failures have occurred.
is_ready() {
    polls 8 && curl -s "$url/" >"$T/page" && grep -q '2 of 2 instances up' "$T/page"
}
until_true is_ready || exit 1
chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars --user-data-dir="$T/browser" \
    --window-size=900,1240 --screenshot="$T/page.png" "$url/" >"$T/out" 2>&1 </dev/null && [ -s "$T/page.png" ] || {
    cat "$T/out" >&2
    exit 1
}
cp "$T/page.png" "$picture"
echo "$picture"
