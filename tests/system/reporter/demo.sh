#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks make reporter-demo: what the tour of osft-reporter prints, and that it stops all programs that it has
# started, also when a signal ends it.
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/reporter.sh
demo=
# shellcheck disable=SC2317 # called by the trap
quit() {
    [ -z "$demo" ] || { kill "$demo" 2>/dev/null; wait "$demo" 2>/dev/null; }
    rm -rf "$T"
}
trap quit EXIT

for library in libinih libmosquitto libmicrohttpd; do
    if ! "$B/osft-reporter" --version | grep -q "^with $library"; then
        skip "the tour" "osft-reporter was built without $library"
        echo "1..$n"
        exit 0
    fi
done
if ! sh tests/tools/need.sh mosquitto mosquitto-clients curl 2>"$T/need"; then
    skip "the tour" "$(tail -n 1 "$T/need")"
    echo "1..$n"
    exit 0
fi

# printed NAME ERE: Check that the tour has printed a line that matches.
printed() {
    has_line "$T/out" "$2"
    result $? "$1"
}
# ports: Print the TCP ports of the endpoint, the broker and the page, from the tour's output.
ports() {
    sed -n -e 's/^# osft-endpoint .* 127\.0\.0\.1:\([0-9]*\);.* 127\.0\.0\.1:\([0-9]*\)\.$/\1 \2/p' \
        -e 's/^.*the page is at http:\/\/127\.0\.0\.1:\([0-9]*\)\/$/\1/p' "$T/out" | xargs
}
# all_closed: Whether none of the three ports is open any more.
all_closed() {
    # shellcheck disable=SC2046 # numbers
    set -- $(ports)
    [ $# -eq 3 ] || return 1
    for tcp_port in "$@"; do
        curl -s -m 10 -o "$T/response" "telnet://127.0.0.1:$tcp_port" </dev/null
        [ $? -eq 7 ] || return 1 # curl's exit status when nobody listens
    done
}

OSFT_BUILD=$B sh tests/tools/reporter_demo.sh >"$T/out" 2>"$T/err" </dev/null
status=$?
[ "$status" -eq 0 ] && [ ! -s "$T/err" ]
result $? "the tour ends by itself where standard input is no terminal"
[ "$status" -eq 0 ] || sed 's/^/# /' "$T/out"
printed "... and prints why" '^# Standard input is no terminal, so all is stopped now'
printed "it shows the configuration" '^\[instance search\]$'
printed "... with roots, so that the certificate is verified" '^ca = /.*/ca\.pem$'
! grep -qE 'plain_http|--insecure' "$T/out" && ! grep -qF "$SECRET" "$T/out"
result $? "... and without the secret"
printed "it shows that the configuration is right" \
    '^the configuration is right: 2 instances; channels: textfile, hook, mqtt, http$'
printed "it shows metrics of one instance" '^osft_up\{watch="ranking",.*\} 1$'
printed "... and of the other" '^osft_up\{watch="search",.*\} 1$'
printed "it shows the text file" '^osft_last_task_success_timestamp_seconds\{watch="ranking",.*\} [1-9]'
printed "it shows the availability by MQTT" '^osft/availability online$'
printed "... and the status of an instance" '^osft/search/status \{"reporter":"gateway-7","watch":"search",'
printed "... and an event" '^osft/(ranking|search)/event \{"time":[0-9]*,"event":"'
printed "it shows what the hook wrote" '^(started|succeeded|failed) (ranking|search) [0-9]+$'
printed "it shows the health" '^All instances are polled well: 2$'
printed "it shows the title of the page" '^<title>2 of 2 instances up'
printed "it prints the address of the page" '^# The page is at http://127\.0\.0\.1:[0-9]+/$'
! awk 'length($0) > 130' "$T/out" | grep .
result $? "its lines are short"
all_closed
result $? "it has stopped all that it has started"

# --- the picture of the tour ---
readme_picture=examples/gateway/terminal.svg
sh tests/tools/terminal_picture.sh "$T/picture.svg" "$T/out" >"$T/made" 2>"$T/err"
result $? "its output becomes a picture"
# headings FILE: Print the commands and comments that a picture shows.
headings() {
    sed -n '/class="com/{n;s/^>\(.*\)<\/text>$/\1/p;}' "$1"
}
headings "$T/picture.svg" >"$T/headings"
headings $readme_picture | diff "$T/headings" - >"$T/difference" && [ "$(wc -l <"$T/headings")" -ge 15 ]
result $? "the picture in the README shows these commands (make reporter-picture)"
[ ! -s "$T/difference" ] || sed 's/^/# /' "$T/difference"
! grep -E "127\.0\.0\.1:($(ports | tr ' ' '|'))|/tmp/tmp\." "$T/picture.svg"
result $? "... and no port or folder name that differs each time"
grep -q 'prefers-color-scheme: dark' $readme_picture &&
    grep -q "!\[[^]]*\](${readme_picture##*/})" examples/gateway/README.md
result $? "... in light and dark, with an alternative text"
if sh tests/tools/need.sh libxml2-utils 2>"$T/need"; then
    printf 'a <b> & "c" \033[1m \303\244 ]]>\n$ \n%0250d\n' 7 |
        awk -v columns=100 -v title='<&>' -f tests/tools/terminal_picture.awk >"$T/markup.svg"
    xmllint --noout "$T/markup.svg" "$T/picture.svg" $readme_picture 2>"$T/err"
    result $? "pictures are XML, whatever the output is"
    [ "$(grep -c '^>' "$T/markup.svg")" -eq 5 ] && ! grep -q '^>.\{113\}' "$T/markup.svg"
    result $? "... and long lines are wrapped"
else
    skip "pictures are XML" "$(tail -n 1 "$T/need")"
fi

# --- a signal ---
OSFT_BUILD=$B sh tests/tools/reporter_demo.sh >"$T/out" 2>"$T/err" </dev/null &
demo=$!
until_true has_line "$T/out" '^\$ curl'
kill -TERM "$demo"
wait "$demo"
status=$?
demo=
[ "$status" -eq 143 ] && all_closed
result $? "the tour stops all that it has started when a signal ends it"

# --- on a terminal ---
# A background process of a shell ignores SIGINT, and so do its children. env restores the default action.
if has_terminals && env --default-signal=INT true 2>"$T/err"; then
    mkfifo "$T/keys"
    OSFT_BUILD=$B script -qec 'env --default-signal=INT sh tests/tools/reporter_demo.sh' /dev/null \
        <"$T/keys" >"$T/screen" 2>"$T/err" &
    demo=$!
    exec 9>"$T/keys"
    until_true has_line "$T/screen" '^# It stays until you press Ctrl-C'
    result $? "on a terminal it goes on"
    tr -d '\r' <"$T/screen" >"$T/out"
    curl -s "$(sed -n 's/^# The page is at //p' "$T/out")" | grep -q '<title>2 of 2'
    result $? "... with the page"
    printf '\003' >&9
    until_true has_line "$T/screen" '^All is stopped'
    exec 9>&-
    wait "$demo"
    status=$?
    demo=
        [ "$status" -eq 0 ] && all_closed
    result $? "... until Ctrl-C"
else
    skip "on a terminal it goes on until Ctrl-C" "script gets no terminal here, or env does not set signals"
fi
echo "1..$n"
exit "$failed"
