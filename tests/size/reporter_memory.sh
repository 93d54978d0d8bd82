#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Measures the memory of osft-reporter with 20 instances: the peak of resident memory, including libraries (VmHWM). All
# libraries are in use: the configuration is a file, events are passed to a broker and a command, metrics to a text
# file, and the page is read. Prints a Markdown table; the exit status is 1 when a limit is exceeded.
# usage: OSFT_BUILD=BUILD sh tests/size/reporter_memory.sh     (BUILD has osft-reporter and osft-endpoint)
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/reporter.sh
. tests/tools/fleet.sh

most=8388608
roots=/etc/ssl/certs/ca-certificates.crt

stopped() {
    echo "reporter_memory.sh: $*" >&2
    sed 's/^/    /' "$T/err" >&2
    exit 1
}

# read_memory NAME: Print an entry of the reporter's /proc/PID/status, in bytes.
read_memory() {
    awk -v name="$1:" '$1 == name { print $2 * 1024; found = 1 } END { exit !found }' "/proc/$reporter/status"
}

# is_steady: Whether all instances are up, and were polled so often that the last polls used kept connections.
# shellcheck disable=SC2317 # called by until_true
is_steady() {
    [ "$(grep -c '^osft_up{.*} 1$' "$T/osft.prom" 2>/dev/null)" = "$fleet" ] && has_begun $((3 * fleet))
}

# account: Print the resident memory of the program and of each library, in KiB, from the kernel's list of mappings.
account() {
    awk '
        /^[0-9a-f]+-[0-9a-f]+ / {
            path = $6
            owner = path == "" || path ~ /^\[/ ? "1 heap, stack and other memory of its own" :
                path ~ /osft-reporter/ ? "2 the program: code and variables" :
                path ~ /libmbed/ ? "3 mbedTLS" :
                path ~ /lib(mosquitto|ssl|crypto)\./ ? "4 libmosquitto, with OpenSSL" :
                path ~ /lib(microhttpd|gnutls|p11-kit|idn2|unistring|tasn1|nettle|hogweed|gmp|ffi)\./ ?
                    "5 libmicrohttpd, with GnuTLS" :
                path ~ /lib(systemd|gcrypt|gpg-error|cap|lzma|zstd|lz4)\./ ? "6 libsystemd, with libgcrypt" :
                "7 the C library and others"
        }
        /^Rss:/ { resident[owner] += $2 }
        /^Private_Dirty:/ { dirty[owner] += $2 }
        END { for (owner in resident) print owner "|" resident[owner] "|" dirty[owner] }
    ' "/proc/$reporter/smaps" | sort | sed 's/^[0-9] /| /; s/|\([0-9]*\)|\([0-9]*\)$/ | \1 | \2 |/'
}

# measure CREDENTIALS ROOTS LIMIT: Print a line of the table. Sets $failed when the memory exceeds the limit.
measure() {
    limit=$3
    : >"$T/log"
    rm -f "$T/osft.prom"
    write_fleet "$1" "ca = $2" 'interval = 2s' '[reporter]' "state = $T/state" '[textfile]' \
        "path = $T/osft.prom" '[http]' 'port = 0' '[hook]' 'command = cat >/dev/null' '[systemd]' \
        '[mqtt]' 'host = 127.0.0.1' "port = $fleet_broker_port" 'topic = osft'
    start_reporter --config "$T/fleet.conf"
    until_true find_url || stopped "no page"
    until_true is_steady || stopped "not all instances are up"
    curl -s -m 30 "$url/" "$url/metrics" >"$T/page"
    grep -q "$fleet of $fleet instances up" "$T/page" || stopped "no page with all instances up"
    connections=$(sed -n 's/.* conn=\([0-9]*\) .*/\1/p' "$T/log" | sort -u | wc -l)
    [ "$connections" = "$1" ] || stopped "$connections connections instead of $1"
    peak=$(read_memory VmHWM)
    own=$(read_memory RssAnon)
    files=$(read_memory RssFile) || stopped "the kernel does not tell of its memory"
    account >"$T/account"
    stop_reporter
    echo "| $1 | $(grep -c BEGIN "$2") | $limit | $peak | $own | $files |"
    [ -z "$limit" ] || [ "$peak" -le "$limit" ] || {
        echo "reporter_memory.sh: past its limit: $1 connections: $peak bytes, more than $limit" >&2
        failed=1
    }
}

[ -r /proc/self/status ] || stopped "/proc is not mounted"
[ "$("$B/osft-reporter" --version | grep -c '^with ')" = 4 ] ||
    stopped "osft-reporter was built without a library; make reporter"
mkdir "$T/state"
start_broker
start --ca-out "$T/ca.pem" --generate 25 --run-seconds 1
cat "$roots" "$T/ca.pem" >"$T/roots.pem" || stopped "no root certificates"

echo "Bytes on $(uname -m), with $fleet instances over TLS, and with inih, libmosquitto, libmicrohttpd and libsystemd"
echo "in use. The row with one root certificate has no limit of its own, as a system's certificates need more."
echo
echo '| AccessKeys and connections | root certificates | at most | peak resident | at the end, private |' \
    'at the end, file-backed |'
echo '|--:|--:|--:|--:|--:|--:|'
measure $fleet "$T/ca.pem" ''
measure $fleet "$T/roots.pem" $most
measure 1 "$T/roots.pem" $most
echo
echo 'What is resident at the end in the last line, in KiB. What was written to is in memory only; the rest can be read'
echo 'again from files, and is shared with other programs that use these libraries.'
echo
echo '| | resident | of it written to |'
echo '|---|--:|--:|'
cat "$T/account"
exit "$failed"
