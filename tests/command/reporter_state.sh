#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks the state of osft-reporter: no event is lost by a SIGKILL at any moment, and a state that cannot be used or
# saved is reported.
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/reporter.sh
umask 077
mkdir "$T/state"
# shellcheck disable=SC2016 # the variables are those of the command
tell='echo "$OSFT_EVENT $OSFT_GENERATION" >>'"$T/told"

watch() {
    start_reporter --set "reporter.state=$T/state" --set "instance a.endpoint=127.0.0.1:$port" \
        --set 'instance a.plain_http=yes' --set 'instance a.app=my_app' --set 'instance a.function=ctr' \
        --set 'instance a.instance=one' --set 'instance a.interval=1s' "$@"
}
# some_time: Print a random time from 0 to 63 ms, in seconds, for sleep.
some_time() {
    printf '0.0%02d' "$(($(od -An -N1 -tu1 /dev/urandom) % 64))"
}

# --- SIGKILL ---
kills=200
start --plain-http --generate 0 --arrive-ms 400 --run-ms 700 --events "$T/events"
: >"$T/told"
watch --set "hook.command=$tell"
until_true grep -q . "$T/told" && until_true test -s "$T/state/a.state"
stop_reporter
is_bad=0
for _ in $(seq $kills); do
    watch --set "hook.command=$tell"
    sleep "$(some_time)"
    { kill -9 "$reporter"; wait "$reporter"; } 2>/dev/null
    reporter=
    ! grep -q . "$T/err" || { is_bad=1; cp "$T/err" "$T/bad"; }
done
[ "$is_bad" -eq 0 ] || sed 's/^/# /' "$T/bad"
[ "$is_bad" -eq 0 ]
result $? "after each of $kills SIGKILLs the state is one that can be used"
# This reporter is not killed. After its polls, all events must have been reported, beginning with the first run that
# was reported.
watch --set "hook.command=$tell"
: >"$T/log"
until_true polls 2
first=$(head -n 1 "$T/told" | sed 's/.* //')
cut -d ' ' -f 2,3 "$T/events" | awk -v first="$first" '$2 >= first' | sort -u >"$T/happened"
all_told() {
    sort -u "$T/told" | comm -13 - "$T/happened" >"$T/lost"
    [ ! -s "$T/lost" ]
}
until_true all_told || sed 's/^/# lost: /' "$T/lost"
all_told && [ "$(wc -l <"$T/happened")" -ge 20 ]
result $? "... and no event was lost"
stop_reporter
[ "$(find "$T/state" -type f | sort)" = "$T/state/a.state" ]
result $? "... and no other file is left"
sort "$T/told" | uniq -d >"$T/twice"
cp "$T/told" "$T/told.before"
watch --set "hook.command=$tell"
: >"$T/log"
until_true polls 3
stop_reporter
tail -n "+$(($(wc -l <"$T/told.before") + 1))" "$T/told" | sort | comm -12 - "$T/happened" >"$T/again"
[ ! -s "$T/again" ]
result $? "after SIGTERM no event is reported again"

# --- a command that runs when the reporter is killed ---
{ task 2 running 10; task 1 running 20; } >"$T/tasks"
rm -rf "$T/state/"*
start --plain-http --tasks "$T/tasks"
watch --set "hook.command=touch $T/began; sleep 1000"
until_true test -e "$T/began"
[ ! -e "$T/state/a.state" ]
result $? "a state is not saved while a command runs for one of its events"
stop_reporter
is_ended() {
    ! pgrep -f "touch $T/began" >/dev/null
}
until_true is_ended && [ ! -e "$T/state/a.state" ]
result $? "... nor when the command is ended together with the reporter"
rm -f "$T/told"
watch --set "hook.command=$tell"
until_true test -s "$T/state/a.state" && [ "$(sort "$T/told")" = "started 1
started 2" ]
result $? "... so that each event gets its command after the next start"

# --- two reporters ---
first=$reporter
cp "$T/err" "$T/err.first"
"$B/osft-reporter" --set "reporter.state=$T/state" --set 'instance a.endpoint=127.0.0.1:1' --set 'instance a.app=x' \
    --set 'instance a.function=x' --set 'instance a.instance=x' >"$T/out" 2>"$T/err"
[ $? -eq 8 ] && says "another osft-reporter uses the folder of the state, $T/state"
result $? "two reporters cannot use the same folder"
[ "$first" = "$reporter" ] && kill -0 "$reporter"
result $? "... and the first one goes on"
stop_reporter
"$B/osft-reporter" --set "reporter.state=$T/none" --set 'instance a.endpoint=127.0.0.1:1' --set 'instance a.app=x' \
    --set 'instance a.function=x' --set 'instance a.instance=x' >"$T/out" 2>"$T/err"
[ $? -eq 8 ] && says "cannot open the folder of the state, $T/none: No such file or directory; make it"
result $? "a folder that does not exist is reported"

# --- a state that cannot be used ---
spoil() { # NAME TEXT: Check that the state is renamed, reported with the text, and that the watch begins anew.
    rm -f "$T/told" "$T/state/a.state.bad"
    watch --set "hook.command=$tell"
    until_true test -e "$T/told" && until_true test -s "$T/state/a.state" && says "$T/state/a.state cannot be used: $2" &&
        cmp -s "$T/spoilt" "$T/state/a.state.bad" && [ "$(wc -l <"$T/err")" -eq 1 ]
    result $? "$1"
    stop_reporter
}
printf x | dd of="$T/state/a.state" bs=1 seek=40 conv=notrunc 2>/dev/null
cp "$T/state/a.state" "$T/spoilt"
spoil "a damaged state is put aside, and reported" 'it is damaged'
for _ in $(seq 400); do task 1 running 1; done >"$T/state/a.state"
cp "$T/state/a.state" "$T/spoilt"
spoil "... and so is one that is too long" 'it follows more runs than the key runs allows'
rm -f "$T/state/a.state"*
mkdir "$T/state/a.state"
watch
until_true says "cannot read the state $T/state/a.state: Is a directory; what has ended by now is not reported" &&
    until_true says "[a] cannot save the state in $T/state: Is a directory" && [ "$(ls "$T/state")" = a.state ]
result $? "a folder in the place of the state is reported, and no other file is left"
stop_reporter
rmdir "$T/state/a.state"

# --- a state that cannot be saved ---
watch --set "textfile.path=$T/state/osft.prom"
until_true test -e "$T/state/osft.prom" && until_true test -e "$T/state/a.state"
mv "$T/state" "$T/away"
{ task 3 running 10; task 2 success 100; task 1 running 20; } >"$T/tasks"
stop
start --plain-http --port "$port" --tasks "$T/tasks"
: >"$T/log"
until_true polls 6 && until_true says '[a] cannot save the state in' && until_true says "cannot write $T/state/osft.prom: No such file or directory; make its folder"
[ $? -eq 0 ] && [ "$(grep -c 'cannot save' "$T/err")" -eq 1 ] && [ "$(grep -c 'cannot write' "$T/err")" -eq 1 ]
result $? "that the state or the text file cannot be written is reported once"
mv "$T/away" "$T/state"
until_true says 'a state is saved again' && until_true says 'the text file is written again'
result $? "... and both are written again later"
stop_reporter

if command -v prlimit >/dev/null; then
    rm -rf "$T/state/"*
    mkfifo "$T/pipe" # the limit would also apply to messages in a file
    cat "$T/pipe" >"$T/heard" &
    (
        ulimit -S -f 0
        exec "$B/osft-reporter" --set "reporter.state=$T/state" --set "instance a.endpoint=127.0.0.1:$port" \
            --set 'instance a.plain_http=yes' --set 'instance a.app=my_app' --set 'instance a.function=ctr' \
            --set 'instance a.instance=one' --set 'instance a.interval=1s' 2>"$T/pipe" </dev/null
    ) &
    reporter=$!
    : >"$T/log"
    until_true has_line "$T/heard" 'cannot save the state in .*: File too large' && until_true polls 6 &&
        [ "$(grep -c 'cannot save' "$T/heard")" -eq 1 ]
    result $? "a write for which there is no room is reported once"
    prlimit --pid "$reporter" --fsize=1000000:
    until_true has_line "$T/heard" 'a state is saved again' && test -s "$T/state/a.state"
    result $? "... and repeated when there is room"
    stop_reporter
else
    skip "a write for which there is no room is reported once" "there is no prlimit"
fi

echo "1..$n"
exit "$failed"
