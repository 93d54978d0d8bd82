#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests osft list --format prometheus --output FILE. The file must be replaced as a whole, also after a call that
# failed.
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
mkdir "$T/node"
F="$T/node/ctr.prom"

list() {
    run list --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" --page-size 5 --retries 0 \
        --format prometheus "$@"
}

# is_exposition: check that the file is a valid exposition.
is_exposition() {
    awk -f tests/tools/exposition.awk "$F" >/dev/null
}

# says_up VALUE: check that the file has one sample with the outcome of the last call, with its labels.
says_up() {
    [ "$(grep -c '^osft_up{' "$F")" -eq 1 ] && grep -q "^osft_up{app=\"my_app\",function=\"ctr\",.*=\"ctr_test\"} $1\$" "$F"
}

# is_alone: check that the folder contains only the file.
is_alone() {
    [ "$(ls -A "$T/node")" = ctr.prom ]
}

# --- a call that succeeds ---
start --plain-http --generate 9
list
cp "$T/out" "$T/whole"
[ "$status" -eq 0 ] && ! grep -q osft_up "$T/out"
result $? "standard output has the exposition alone"
(umask 027; list --output "$F"; echo "$status" >"$T/status")
[ "$(cat "$T/status")" -eq 0 ] && [ ! -s "$T/out" ] && [ ! -s "$T/err" ] && says_up 1 && is_exposition && is_alone
result $? "--output puts it into the file, and says that the call succeeded"
[ "$(grep -c '^osft_task_progress_ratio{' "$F")" -eq 5 ]
result $? "... with every task"
[ "$(stat -c %a "$F")" = 640 ]
result $? "a new file has the mode that the umask leaves"
chmod 604 "$F"
inode=$(stat -c %i "$F")
list --output "$F"
[ "$status" -eq 0 ] && [ "$(stat -c %a "$F")" = 604 ] && [ "$(stat -c %i "$F")" != "$inode" ] && is_alone
result $? "the file is replaced, and keeps its mode"
ln -s ctr.prom "$T/node/link.prom"
list --output "$T/node/link.prom"
[ "$status" -eq 0 ] && [ -L "$T/node/link.prom" ] && [ "$(stat -c %a "$F")" = 604 ] && rm "$T/node/link.prom" && is_alone
result $? "a symbolic link stays one"

mkdir "$T/elsewhere"
ln -s ../elsewhere/new.prom "$T/node/relative.prom"
ln -s "$T/node/relative.prom" "$T/node/link.prom"
list --output "$T/node/link.prom"
[ "$status" -eq 0 ] && [ -L "$T/node/link.prom" ] && [ -L "$T/node/relative.prom" ] && [ -s "$T/elsewhere/new.prom" ] &&
    rm "$T/elsewhere/new.prom"
result $? "... also to a file that is not there yet"
rm -r "$T/elsewhere"
list --output "$T/node/link.prom"
[ "$status" -eq 8 ] && [ -L "$T/node/link.prom" ] && [ -L "$T/node/relative.prom" ]
result $? "... or not even its folder"
ln -sf link.prom "$T/node/relative.prom"
list --output "$T/node/link.prom"
[ "$status" -eq 8 ] && grep -q 'cannot write the output' "$T/err" && rm "$T/node/link.prom" "$T/node/relative.prom" && is_alone
result $? "links that lead in a circle are reported"
if [ "$(id -u)" -eq 0 ] && chown 65534:65534 "$F" 2>/dev/null; then
    list --output "$F"
    [ "$status" -eq 0 ] && [ "$(stat -c %u:%g "$F")" = 65534:65534 ] && [ "$(stat -c %a "$F")" = 604 ]
    result $? "root replaces another user's file, and it stays that user's"
    chown 0:0 "$F"
else
    skip "root replaces another user's file, and it stays that user's" "this is not root"
fi

# --- a call that fails ---
# failed STATUS NAME: check that the command ended with this status, and that the file has only the failed outcome.
failed() {
    [ "$status" -eq "$1" ] && says_up 0 && is_exposition && ! grep -q osft_task "$F" && is_alone && [ -s "$T/err" ]
    result $? "$2"
}
for fault in cut=900 cut=0 garbage=body status=503 refuse=Forbidden.RAM; do
    start --plain-http --generate 9
    list --output "$F"
    start --plain-http --generate 9 --fault "$fault"
    list --output "$F"
    case $fault in cut=0) want=3 ;; cut=* | garbage*) want=6 ;; *) want=1 ;; esac
    failed $want "the file says that the call failed, with $fault"
done
stop
list --output "$F"
failed 3 "... when there is no service"
ALIBABA_CLOUD_ACCESS_KEY_SECRET=
list --output "$F"
failed 5 "... when there are no credentials"
ALIBABA_CLOUD_ACCESS_KEY_SECRET=$SECRET
start --plain-http --generate 9 --fault cut=900
list
[ "$status" -eq 6 ] && [ ! -s "$T/out" ]
result $? "a response that was cut gives no half exposition on standard output"

# A task that cannot be used is left out, and all other tasks stay in the exposition.
start --plain-http --generate 9
"$B/osft" list --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" --page-size 3 --format jsonl >"$T/tasks"
sed '1s/"progress":[0-9]*/"progress":101/' "$T/tasks" >"$T/bad"
start --plain-http --tasks "$T/bad"
list --output "$F"
[ "$status" -eq 6 ] && says_up 1 && is_exposition && [ "$(grep -c '^osft_task_progress_ratio{' "$F")" -eq 2 ]
result $? "a task that was left out is no failed call"

# --- a signal, and files that cannot be written ---
start --plain-http --generate 9
list --output "$F"
cp "$F" "$T/before"
start --plain-http --generate 9 --fault stall
# end_stalled SIGNAL: send the signal to a command whose call gets no response. $is_nameless: whether its new file had no
# name.
end_stalled() {
    : >"$T/log"
    "$B/osft" list --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" --format prometheus \
        --output "$F" >"$T/out" 2>"$T/err" </dev/null &
    child=$!
    until grep -q stall "$T/log"; do
        kill -0 $child 2>/dev/null || break
        sleep 0.05
    done
    is_nameless=no
    ! is_alone || is_nameless=yes
    { kill "-$1" $child; wait $child; } 2>/dev/null
    status=$?
}
end_stalled TERM
[ "$status" -eq 143 ] && cmp -s "$F" "$T/before" && is_alone
result $? "a signal leaves the old file, and nothing beside it"
end_stalled KILL
[ "$status" -eq 137 ] && cmp -s "$F" "$T/before"
result $? "SIGKILL leaves the old file"
if [ $is_nameless = yes ]; then
    is_alone
    result $? "... and nothing beside it"
else
    skip "... and nothing beside it" "new files need a name here"
    rm -f "$F".*
fi
start --plain-http --generate 9
said=$(ulimit -f 0; "$B/osft" list --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" \
    --format prometheus --output "$F" 2>&1 </dev/null; echo "status $?")
case $said in *"cannot write the output $F: File too large"*"status 8") status=0 ;; *) status=1 ;; esac
[ "$status" -eq 0 ] && cmp -s "$F" "$T/before" && is_alone
result $? "a limit on the size of files leaves the old file, and nothing beside it"
list --output "$T/none/ctr.prom"
[ "$status" -eq 8 ] && grep -q 'cannot write the output' "$T/err" && grep -q 'what to do: .*folder is there' "$T/err"
result $? "a folder that is not there is reported, with what to do"
list --output "$T/node"
[ "$status" -eq 2 ] && grep -q 'something else' "$T/err" && is_alone
result $? "a folder is refused"
mkfifo "$T/pipe"
list --output "$T/pipe"
[ "$status" -eq 2 ] && grep -q 'something else' "$T/err" && [ -p "$T/pipe" ]
result $? "a pipe is refused, as a device is"
for name in '' -; do
    list --output "$name"
    [ "$status" -eq 2 ] && grep -q -e '--output needs a file; without it, standard output is written' "$T/err" && [ ! -e - ]
    result $? "'$name' is no file"
done
run list --app my_app --function ctr --instance ctr_test --output "$F" --format csv
[ "$status" -eq 2 ] && grep -q -e '--output is for --format prometheus' "$T/err"
result $? "other formats are refused"

echo "1..$n"
exit $failed
