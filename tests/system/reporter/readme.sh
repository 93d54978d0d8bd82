#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks what examples/gateway/README.md and osft-reporter(8) say about the configuration: the files of the quick
# start have no faults, and both texts describe the keys that the program knows, with their default values.
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/reporter.sh
readme=examples/gateway/README.md
manual=examples/gateway/osft-reporter.8
: >"$T/err"

# --- the quick start ---
# block NUMBER LANGUAGE: Print a code block of that language in the README, by its number from 1.
block() {
    awk -v wanted="$1" -v head="\`\`\`$2" '
        /^```/ { inside = 0 }
        inside && count == wanted { print }
        $0 == head { inside = 1; count++ }' $readme
}
block 1 sh >"$T/commands"
block 1 ini >"$T/reporter.conf"
block 2 ini | sed -e "s/^access_key_id = .*/access_key_id = $ID/" \
    -e "s/^access_key_secret = .*/access_key_secret = $SECRET/" >"$T/key"
chmod 600 "$T/key"
grep -v '^#' examples/gateway/service/reporter.conf | awk 'NF || seen { print; seen = 1 }' | cat -s >"$T/example"
diff "$T/reporter.conf" "$T/example" >"$T/out" && [ -s "$T/example" ]
result $? "the README shows the example configuration"
[ "$(wc -l <"$T/commands")" -eq 10 ]
result $? "the quick start has ten lines"
while read -r word name rest; do
    [ "$word" = make ] && set -- "$name" || { [ "$word $name" = 'sudo make' ] && set -- "${rest%% *}"; } || set --
    [ $# -eq 0 ] || grep -q "^$1:" Makefile || echo "make $1"
done <"$T/commands" >"$T/out"
[ ! -s "$T/out" ] && grep -q '^make ' "$T/commands"
result $? "... with targets of make that exist"
grep -o 'examples/[^ ]*' "$T/commands" | while read -r file; do
    [ -f "$file" ] || echo "$file"
done >"$T/out"
[ ! -s "$T/out" ]
result $? "... and files that exist"
"$B/osft-reporter" --version >"$T/version"
if grep -q '^with libinih' "$T/version" && grep -q '^with libmicrohttpd' "$T/version"; then
    sed -n "s#^sudo osft-reporter --check#$B/osft-reporter --check#; s#/etc/osft-reporter#$T#gp" "$T/commands" |
        grep -e --check >"$T/check"
    (unset ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET && sh "$T/check") >"$T/out" 2>"$T/err"
    status=$?
    [ "$status" -eq 0 ] && grep -q '^the configuration is right: 1 instance; channels: http$' "$T/out"
    result $? "--check of the quick start finds its files right"
else
    skip "--check of the quick start finds its files right" "the reporter was built without inih or libmicrohttpd"
fi
page=$(sed -n 's/^address = //p' "$T/reporter.conf"):$(sed -n 's/^port = //p' "$T/reporter.conf")
grep -qF "<http://$page/>" $readme
result $? "the page is where the quick start says"

# --- keys ---
# program_keys SECTION: Print the keys that the program knows, from its message about an unknown key.
program_keys() {
    "$B/osft-reporter" --check --set "$1.?=1" 2>&1 | sed -n 's/.*; write one of: //p' | tr -d ' ' | tr , '\n' | sort
}
# readme_rows SECTION: Print the rows of the tables below the section's heading in the README.
readme_rows() {
    # shellcheck disable=SC2016 # nothing to expand
    awk -v section="\`[$1]\`" '
        /^##/ { inside = index($0, section) || section == "`[mqtt]`" && $0 == "## MQTT" }
        inside && /^\| `[a-z_`, ]*\|/' $readme
}
readme_keys() {
    # shellcheck disable=SC2016 # nothing to expand
    readme_rows "$1" | cut -d '|' -f 2 | grep -o '`[a-z_]*`' | tr -d '`' | sort
}
# manual_part SECTION: Print the part of the manual page about the section.
manual_part() {
    awk -v section="[$1]" '/^\.S[sh] / { inside = index($0, section) } inside' $manual
}
manual_keys() {
    manual_part "$1" | sed -n 's/^\.It Ic //p' | tr -d ' ' | tr , '\n' | sort
}
# presets FILE...: Print "KEY VALUE" for each key in these sources that has a default value.
presets() {
    { cat "$@" | tr '\n' ' ' | tr -s ' '; echo; } | sed 's/{ "/\n{ "/g; s/{ \.name = /\n{ /g' |
        sed -n -E -e 's/^\{ "([a-z_]+)", \.kind.*\.preset = "([^"]*)".*/\1 \2/p' \
            -e 's/^\{ "([a-z_]+)", VALUE_[A-Z]+, ("[^"]*" ?)+, "([^"]*)".*/\1 \3/p'
}
for section in reporter defaults textfile hook http systemd mqtt; do
    if grep -q "no \[$section\]" "$T/version"; then
        skip "the README and the manual page have the keys of [$section]" "it was not built in"
        continue
    fi
    program_keys $section >"$T/keys"
    readme_keys $section | diff "$T/keys" - >"$T/out" && [ -s "$T/keys" ]
    result $? "the README has the keys of [$section]"
    manual_keys $section | diff "$T/keys" - >"$T/out"
    result $? "... and so has the manual page"
    case $section in
    reporter | defaults) file=examples/gateway/config_keys.c ;;
    mqtt) file=examples/gateway/mqtt_settings.c ;;
    *) file=examples/gateway/channel_$section.c ;;
    esac
    presets $file >"$T/presets"
    : >"$T/out"
    while read -r key value; do
        grep -qx "$key" "$T/keys" || continue
        # shellcheck disable=SC2016 # nothing to expand
        readme_rows $section | awk -F ' *[|] *' -v key="\`$key\`" '$2 == key { sub(/,.*/, "", $3); print $3 }' |
            grep -qxF "\`$value\`" || echo "README: $key = $value" >>"$T/out"
        manual_part $section | awk -v key="$key" '
            /^\.It Ic / { inside = index($0 " ", " " key " ") }
            inside' | grep -qw -e "$value" || echo "manual page: $key = $value" >>"$T/out"
    done <"$T/presets"
    [ ! -s "$T/out" ]
    result $? "... and both have the default values ($(wc -l <"$T/presets"))"
done
presets examples/gateway/config_keys.c examples/gateway/channel_*.c examples/gateway/mqtt_settings.c >"$T/presets"
[ "$(wc -l <"$T/presets")" -ge 17 ]
result $? "the sources have default values"

# --- kinds of errors, and events ---
sed -n 's/.*{ OSFT_[A-Z_]*, "\([a-z_]*\)" }.*/\1/p' examples/gateway/errors.c | sort >"$T/kinds"
# shellcheck disable=SC2016 # nothing to expand
awk -F ' *[|] *' '
    /^##/ { inside = $0 == "### Kinds of errors" }
    inside && /^\| `/ && $3 != "" && $4 != "" { gsub(/`/, "", $2); print $2 }' $readme | sort |
    diff "$T/kinds" - >"$T/out" && [ "$(wc -l <"$T/kinds")" -ge 20 ]
result $? "the README explains each kind of error"
awk '
    /^\.Sh / { inside = $0 == ".Sh KINDS OF ERRORS" }
    inside && /^\.It Li / { $1 = $2 = ""; print }' $manual |
    tr -d ' ' | tr , '\n' | sort | diff "$T/kinds" - >"$T/out"
result $? "... and so does the manual page"
sed -n '/^const char \*osft_watch_event_name/,/^}/p' core/watch.c | grep -o '"[a-z]*"' | tr -d '"' |
    grep -vx unknown >"$T/events"
: >"$T/out"
while read -r event; do
    grep '^| .osft_events_total. ' $readme | grep -q "\`$event\`" || echo "README: $event" >>"$T/out"
    grep -qx "\.It Li $event" $manual || echo "manual page: $event" >>"$T/out"
done <"$T/events"
[ ! -s "$T/out" ] && [ "$(wc -l <"$T/events")" -eq 6 ]
result $? "both have each event"
echo "1..$n"
exit "$failed"
