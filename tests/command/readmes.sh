#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What examples/osft/README.md and examples/osft-endpoint/README.md say: their commands run, and their tables
# name the options and faults that there are. TAP on standard output.
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
endpoint_readme=examples/osft-endpoint/README.md
command_readme=examples/osft/README.md

# --- the commands ---
# The port of the README may be in use, so a free one takes its place. The first line builds, which is done.
awk '/^```$/ { inside = 0 } inside; /^```sh$/ { inside = 1 }' $endpoint_readme >"$T/commands"
[ "$(head -n 1 "$T/commands")" = make ] && [ "$(wc -l <"$T/commands")" -eq 4 ]
result $? "the README of the endpoint has four commands"
stop
run_endpoint=$(sed -n '2s/ &$//p' "$T/commands" | sed "s|^build/|$B/|; s|8443|0|; s|/tmp/osft-ca.pem|$T/ca.pem|")
mkfifo "$T/first-line"
$run_endpoint >"$T/first-line" 2>"$T/endpoint.err" &
pid=$!
read -r line <"$T/first-line"
port=${line##*:}
[ "$line" = "listening on 127.0.0.1:$port" ]
result $? "the endpoint starts as its README says"
{
    sed -n 3p "$T/commands"
    sed -n 4p "$T/commands" | sed "s|^build/|$B/|; s|8443|$port|; s|/tmp/osft-ca.pem|$T/ca.pem|"
} >"$T/list"
sh "$T/list" >"$T/out" 2>"$T/err"
status=$?
[ "$status" -eq 0 ] && [ "$(wc -l <"$T/out")" -eq 7 ]
result $? "... and the command lists six tasks of it"
stop

# --- tables ---
# names FILE: what its tables have in their first column, in backquotes, one a line.
names() {
    # shellcheck disable=SC2016 # nothing to expand
    sed -n 's/^| \(`[^|]*\) |.*/\1/p' "$1" | grep -o '`[^`]*`' | tr -d '`'
}
names $endpoint_readme | grep -v '^--' >"$T/faults"
: >"$T/err"
while read -r fault; do
    "$B/osft-endpoint" --fault "$fault" --help >/dev/null 2>>"$T/err" || echo "$fault" >>"$T/wrong"
done <"$T/faults"
[ ! -e "$T/wrong" ] && [ "$(wc -l <"$T/faults")" -ge 30 ]
result $? "each fault in the README of the endpoint can be played"
sed -n 's/^    { "\([a-z-]*\)", .*/\1/p' examples/osft-endpoint/fault.c | sort -u >"$T/known"
sed 's/=.*//' "$T/faults" | sort -u | diff - "$T/known" >"$T/out" && [ -s "$T/known" ]
result $? "... and the README names all that there are"

for command in list get watch parse; do
    "$B/osft" $command --help
done >"$T/help"
names $command_readme | grep '^--' | sed 's/ .*//' | sort -u >"$T/options"
grep -o '^  --[a-z-]*' "$T/help" | tr -d ' ' | sort -u | diff "$T/options" - >"$T/out"
result $? "the README of the command names all options that its help names"
names $endpoint_readme | grep '^--' | sed 's/ .*//' >"$T/options"
"$B/osft-endpoint" --help >"$T/help"
while read -r option; do
    grep -q -e "^  $option " -e " $option " "$T/help" || echo "$option" >>"$T/unknown"
done <"$T/options"
[ ! -e "$T/unknown" ] && [ -s "$T/options" ]
result $? "the endpoint has each option that its README names"
: >"$T/missing"
for file in examples/osft/*.c examples/osft-endpoint/*.c; do
    readme=$(dirname "$file")/README.md name=$(basename "$file")
    case $name in format*.c) name='format*.c' ;; esac
    grep -qF "\`$name\`" "$readme" || echo "$file" >>"$T/missing"
done
cp "$T/missing" "$T/out"
[ ! -s "$T/missing" ]
result $? "the READMEs name each file"
echo "1..$n"
exit $failed
