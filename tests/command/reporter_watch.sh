#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks osft-reporter against osft-endpoint: events, connections that instances share, and failures, which are
# reported once and need no restart.
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/reporter.sh
umask 077

# shellcheck disable=SC2016 # the variables are those of the command
hook='echo "$OSFT_EVENT $OSFT_INSTANCE $OSFT_GENERATION" >>'"$T/events"

# watch SETTING...: Start a reporter that polls two instances of the endpoint each second. Its events go to $T/events.
watch() {
    stop_reporter
    rm -f "$T/events"
    start_reporter --set "defaults.endpoint=127.0.0.1:$port" --set defaults.app=my_app --set defaults.function=ctr \
        --set defaults.interval=1s --set 'instance a.instance=one' --set 'instance b.instance=two' \
        --set "hook.command=$hook" "$@"
}
has_events() {
    [ "$(wc -l 2>/dev/null <"$T/events" || echo 0)" -ge "$1" ]
}

# --- connections ---
{ task 3 running 10; task 2 success 100; task 1 failed 20; } >"$T/tasks"
start --ca-out "$T/ca.pem" --tasks "$T/tasks"
watch --set "defaults.ca=$T/ca.pem"
until_true polls 12 && until_true has_events 2
[ $? -eq 0 ] && [ "$(sort "$T/events")" = "started one 3
started two 3" ] && [ ! -s "$T/err" ]
result $? "the first poll reports only runs that have not ended"
[ "$(sed 's/.*conn=//; s/ .*//' "$T/log" | sort -u)" = 1 ] && [ "$(grep -c 'tls=full' "$T/log")" -ge 1 ]
result $? "instances of one endpoint and credential share one kept connection"
# is_apart: Whether the median of the last nine times between two polls is about half an interval. $gap is the median,
# in ms. In the endpoint's log, a poll begins where the instance changes. The median ignores the first polls, which
# follow each other sooner, and polls that a slow machine has delayed.
is_apart() {
    gap=$(sed -n 's#.*/instances/\([a-z]*\)/.* ms=\([0-9]*\) .*#\1 \2#p' "$T/log" |
        awk '$1 != instance { print $2 - before; before = $2; instance = $1 }' | tail -n 9 | sort -n |
        awk '{ gap[NR] = $1 } END { print NR == 9 ? gap[5] : 0 }')
    [ "$gap" -ge 300 ] && [ "$gap" -le 700 ]
}
until_true is_apart
result $? "the polls of two instances are half an interval apart"
echo "# median time between two polls: $gap ms"
stop_reporter
[ "$status" -eq 0 ]
result $? "SIGTERM ends the reporter with status 0"

printf '[default]\ntype = access_key\naccess_key_id = %s\naccess_key_secret = %s\n' "$ID" "$SECRET" >"$T/key"
: >"$T/log"
watch --set "defaults.ca=$T/ca.pem" --set "instance b.credentials=$T/key"
until_true polls 8
[ $? -eq 0 ] && [ "$(sed 's/.*conn=//; s/ .*//' "$T/log" | sort -u | wc -l)" -eq 2 ]
result $? "... and instances with different credentials do not"

# --- failures ---
start --plain-http --tasks "$T/tasks" --fault refuse=Forbidden.RAM:4@7
watch --set defaults.plain_http=yes
until_true counts 'the service responds again' 2 && until_true polls 16
[ $? -eq 0 ] && counts '[a] ' 2 && counts '[b] ' 2 && says 'Forbidden.RAM' && says ', request '
result $? "a refusal is reported once for each instance, with its request id, and its end once"

task 9 running 1 >>"$T/tasks"
stop
start --plain-http --port "$port" --tasks "$T/tasks"
until_true has_events 4
[ $? -eq 0 ] && [ "$(sort "$T/events")" = "started one 3
started one 9
started two 3
started two 9" ]
result $? "while the endpoint is away no event is lost or reported twice"

start --plain-http --tasks "$T/tasks" --fault status=503:3@1
watch --set defaults.plain_http=yes
until_true has_events 4
[ $? -eq 0 ] && [ ! -s "$T/err" ]
result $? "failures that a retry within the poll repairs are not reported"

start --plain-http --tasks "$T/tasks" --fault status=503:1000@1
watch --set defaults.plain_http=yes --set defaults.timeout=1s
until_true says '[a] ' && until_true says '[b] ' && : >"$T/log" && until_true polls 4
[ $? -eq 0 ] && counts '[a] ' 1 && counts '[b] ' 1
result $? "a failure that lasts is not reported again"

# --- credentials ---
printf '[default]\ntype = sts\naccess_key_id = %s\naccess_key_secret = %s\nsecurity_token = first\n' "$ID" "$SECRET" >"$T/key"
start --plain-http --tasks "$T/tasks" --security-token first --token-uses 4 --next-security-token second
watch --set defaults.plain_http=yes --set "defaults.credentials=$T/key"
until_true says '[a] ' && until_true says '[b] '
result $? "a token that expired is reported"
sed 's/first/second/' "$T/key" >"$T/key.new" && mv "$T/key.new" "$T/key"
until_true counts 'the service responds again' 2
result $? "... and replaced as soon as its file has changed"
! grep -qF -e "$SECRET" "$T/err"
result $? "... and no secret is shown"
rm "$T/key"
: >"$T/log"
until_true polls 4
[ $? -eq 0 ] && counts 'the service responds again' 2
result $? "while the file is gone, the old credentials are used"

# --- tasks that cannot be used ---
{ task 3 running 10; task 2 success 100 | sed 's/"progress":100/"progress":1000/'; } >"$T/tasks"
start --plain-http --tasks "$T/tasks"
watch --set defaults.plain_http=yes
until_true polls 12 && until_true has_events 2
[ $? -eq 0 ] && counts '[a] a task that started at 1700000002000 ms was left out: it cannot be used; see its member progress' 1 &&
    counts '[b] ' 1
result $? "a task that cannot be used is reported once, and the others are watched"

large=$(head -c 100000 /dev/zero | tr '\0' 7)
is_up() { # COUNT: Whether the text file says that all instances are up, and the first has had COUNT polls.
    ! has_line "$T/osft.prom" '^osft_up.* 0$' && has_line "$T/osft.prom" '^osft_up.* 1$' &&
        [ "$(sed -n 's/^osft_polls_total{watch="a".* //p' "$T/osft.prom")" -ge "$1" ]
}
for others in no yes; do
    {
        [ $others = no ] || task 3 running 10
        task 2 running 20 | sed "s/0[.]77/0.$large/"
        [ $others = no ] || task 1 success 100
    } >"$T/tasks"
    stop_reporter # the reporter writes the file once more when it ends
    rm -f "$T/osft.prom"
    start --plain-http --tasks "$T/tasks"
    watch --set defaults.plain_http=yes --set "textfile.path=$T/osft.prom"
    until_true test -s "$T/osft.prom" && until_true is_up 3
    [ $? -eq 0 ] && counts '[a] ' 1 && counts '[b] ' 1 &&
        counts 'a task that started at 1700000002000 ms was left out: it is too large; see its member extendInfo' 2
    result $? "a task that is too large is reported once, and is no failure (other tasks: $others)"
done
until_true has_events 2 && [ "$(sort "$T/events")" = "started one 3
started two 3" ] && until_true has_line "$T/osft.prom" '^osft_newest_task_info.*run_id="run-3"'
result $? "... and the other tasks are watched and shown"

# --- no endpoint at all ---
stop
watch --set defaults.plain_http=yes --set defaults.timeout=1s
until_true says '[a] ' && until_true says '[b] ' && counts '[a] ' 1
result $? "an endpoint that does not run is reported, and the reporter goes on"
start --plain-http --port "$port" --tasks "$T/tasks"
until_true counts 'the service responds again' 2 && until_true has_events 2
result $? "... and its instances are watched when it has started"

# --- control characters in texts of the service ---
task 4 running 5 | sed 's/"runId":"[^"]*"/"runId":"\\u001b[2J\\u202ex"/' >"$T/tasks"
start --plain-http --tasks "$T/tasks"
hook='exit 3'
watch --set defaults.plain_http=yes
until_true says 'ended with status 3'
stop_reporter
! says "$(printf '\033')" && says '\x1b[2J\u{202e}x'
result $? "control characters in a text of the service are escaped"

# --- standard files that are closed ---
: >"$T/log"
"$B/osft-reporter" --set "defaults.endpoint=127.0.0.1:$port" --set defaults.app=my_app --set defaults.function=ctr \
    --set defaults.interval=1s --set 'instance a.instance=one' --set defaults.plain_http=yes \
    --set "hook.command=exit 3" <"$T/tasks" >&- 2>&- &
reporter=$!
until_true polls 4 && kill -0 "$reporter"
result $? "without standard output and standard error it goes on, also when it has something to say"
stop_reporter

echo "1..$n"
exit "$failed"
