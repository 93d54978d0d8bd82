#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the TLS matrix with the system's mbedTLS and with 3.6: `make tls-matrix` builds both. Prints one TAP.
# usage: OSFT_BUILD=DIR sh tests/system/tls/run.sh
set -u

build=${OSFT_BUILD:-build}
status=0
for folder in "$build" "$build/with-mbedtls3"; do
    OSFT_BUILD=$folder "$folder/tests/tls_matrix" || status=1
done | awk '
    /^# mbedTLS / { version = substr($3, 1, length($3) - 1) }
    /^1\.\.[0-9]+$/ { ended++; next }
    /^(not )?ok / {
        name = $0
        sub(/^(not )?ok [0-9]+ - /, "", name)
        print (/^not/ ? "not ok " : "ok ") ++count " - mbedTLS " version ", " name
        failed += /^not/
        next
    }
    { print }
    END {
        if (ended != 2) { # one of the programs has crashed or given up
            print "not ok " ++count " - both programs come to their end"
            failed++
        }
        print "1.." count
        exit failed != 0
    }'
