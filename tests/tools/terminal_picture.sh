#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the picture of a terminal in examples/gateway/README.md from the output of make reporter-demo. Ports and the
# name of a folder, which differ each time, are replaced by typical ones.
# usage: terminal_picture.sh FILE [OUTPUT]    OUTPUT: a file with the tour's output; without it the tour is run
set -u
. tests/tools/command.sh
picture=$1
if [ $# -gt 1 ]; then
    cp "$2" "$T/demo" || exit 1
else
    OSFT_BUILD=$B sh tests/tools/reporter_demo.sh >"$T/demo" </dev/null || exit 1
fi
# The first line of the tour has the ports of the endpoint and the broker, and a line near its end that of the page.
# shellcheck disable=SC2046 # numbers
set -- $(sed -n -e 's/^# osft-endpoint .*:\([0-9]*\);.*:\([0-9]*\)\.$/\1 \2/p' \
    -e 's/^# The page is at .*:\([0-9]*\)\/$/\1/p' "$T/demo")
[ $# -eq 3 ] || {
    echo "terminal_picture.sh: the tour does not name its three ports" >&2
    exit 1
}
sed -e "s/:$1\>/:8443/" -e "s/:$2\>/:1883/; s/^port = $2\$/port = 1883/; s/ -p $2 / -p 1883 /" \
    -e "s/:$3\>/:9473/; s/^port = 0\$/port = 9473/" -e 's#/tmp/tmp\.[A-Za-z0-9]*#/tmp/demo#' \
    -e '1{/^$/d}' -e '/^# Standard input is no terminal/d' "$T/demo" >"$T/lines"
awk -v columns=100 -v title='What make reporter-demo prints: the configuration, and lines of each output' \
    -f tests/tools/terminal_picture.awk "$T/lines" >"$T/picture.svg" || exit 1
cp "$T/picture.svg" "$picture"
echo "$picture"
