#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests examples/osft/README.md and examples/osft-endpoint/README.md: their commands run, and their tables name all
# options and faults. Prints TAP.
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
endpoint_readme=examples/osft-endpoint/README.md
command_readme=examples/osft/README.md

# --- the commands ---
# The port of the README may be in use, so a free one replaces it. The first line builds the programs, which are
# built already.
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

# The unit file: this test replaces %S and %d as systemd does, and gives the copy of the credentials a mode that
# seems to let a group read it.
awk '/^```$/ { inside = 0 } inside; /^```ini$/ { inside = 1 }' $command_readme >"$T/ini"
mkdir -p "$T/state/osft" "$T/credentials" && chmod 750 "$T/credentials"
sed -n '/^\[default\]$/,/^access_key_secret/p' "$T/ini" | sed 's/^\(access_key_id =\).*/\1 testid/; s/^\(access_key_secret =\).*/\1 testsecret/' \
    >"$T/credentials/osft"
chmod 440 "$T/credentials/osft"
"$B/osft-endpoint" --generate 25 --ca-out "$T/ca.pem" >"$T/first-line" 2>"$T/endpoint.err" &
pid=$!
read -r line <"$T/first-line"
port=${line##*:}
sed -n "s|^ExecStart=/usr/local/bin/osft watch|$B/osft watch --once --endpoint 127.0.0.1:$port --ca $T/ca.pem|p" "$T/ini" |
    sed "s|%S|$T/state|; s|%d|$T/credentials|" >"$T/service"
env -u HOME -u ALIBABA_CLOUD_ACCESS_KEY_ID -u ALIBABA_CLOUD_ACCESS_KEY_SECRET CREDENTIALS_DIRECTORY="$T/credentials" \
    sh "$T/service" >"$T/out" 2>"$T/err"
status=$?
[ "$status" -eq 0 ] && grep -q 'Z  started  ' "$T/out" && [ -s "$T/state/osft/ctr" ] && [ ! -s "$T/err" ]
result $? "the service of the command's README watches, with the credentials file that the README shows"
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
