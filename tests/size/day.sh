#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Measures what polls that find nothing new cost the firmware, and prints it as Markdown: one poll, then days of
# 1, 60 and 1,440 polls. Each day begins with a full handshake, because a session is not used any longer.
# usage: sh tests/size/day.sh BUILD     (make firmware-day; BUILD/firmware, BUILD/osft-endpoint are there)
set -eu

build=$1
image=lm3s6965evb
dir=$build/size/day
rm -rf "$dir"
mkdir -p "$dir"
OSFT_BUILD=$build OSFT_MEASURES=$dir/measures OSFT_PARTS=day sh tests/device/firmware/run.sh $image >"$dir/tap" || {
    cat "$dir/tap" >&2
    exit 1
}
# The polls of a run are 2 or 10, so a difference of bytes is that of 8 polls.
awk '
    { sum[$2, $3] += $4; n[$2, $3]++ }
    function mean(run, what) { return sum[run, what] / n[run, what] }
    # Print so many thousands or millions, to three digits, which hardly differ between two runs.
    function in_units(x, unit,    step) {
        for (step = 1; x / step >= 1000; step *= 10) continue
        return sprintf("%.6g", int(x / step + 0.5) * step / unit)
    }
    function kilobytes(x) { return in_units(x, 1000) }
    function millions(us) { return in_units(us * 1000 / 16, 1000000) } # -icount shift=4: 16 ns an instruction
    function one(name, bytes, us, handshake, hash) {
        print "| " name " | " kilobytes(bytes) " | " millions(us) " | " millions(handshake) " | " millions(hash) \
            " | " millions(us - handshake - hash) " |"
    }
    END {
        kept = (sum["kept10", "bytes"] - sum["kept2", "bytes"]) / 8
        resumed = (sum["resumed10", "bytes"] - sum["resumed2", "bytes"]) / 8
        first = sum["kept2", "bytes"] - kept
        kept_us = mean("kept10", "us")
        resumed_us = mean("resumed10", "us")
        full_us = mean("kept10", "full_us")
        hash_us = mean("kept10", "sha256_us")
        print "| one poll | KB | M instructions | of a handshake | of the signature (SHA-256) | of all else |"
        print "|---|--:|--:|--:|--:|--:|"
        one("with a full handshake", first, kept_us + full_us, full_us, hash_us)
        one("with a resumed session, after a deep sleep", resumed, resumed_us, mean("resumed10", "handshake_us"),
            mean("resumed10", "sha256_us"))
        one("on a kept connection", kept, kept_us, 0, hash_us)
        print ""
        print "| polls a day | sessions are resumed: KB | M instructions | a connection is kept: KB | M instructions |"
        print "|--:|--:|--:|--:|--:|"
        split("1 60 1440", days)
        for (i = 1; i <= 3; i++) {
            more = days[i] - 1
            us = kept_us + full_us
            print "| " days[i] " | " kilobytes(first + more * resumed) " | " millions(us + more * resumed_us) \
                " | " kilobytes(first + more * kept) " | " millions(us + more * kept_us) " |"
        }
    }' "$dir/measures"
