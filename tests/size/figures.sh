#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The main README's figures, as Markdown, from the tables of tests/size/README.md. Exit status 1 when
# one is not there.
set -eu
awk -F ' *\\| *' '
    # The number in a cell, with commas between thousands.
    function number(cell,    rest) {
        gsub(/[*]/, "", cell)
        while (match(cell, /[0-9][0-9][0-9][0-9](,|$)/)) {
            rest = substr(cell, RSTART + 1)
            cell = substr(cell, 1, RSTART) "," rest
        }
        return cell
    }
    /one `osft_list`\*\*/ { flash = number($4); stack = number($9) }
    /^\| \*\*flash\*\*/ { image = number($3) }
    /^\| \*\*RAM\*\*/ { ram = number($3) }
    /^\| page of 50 tasks / { bytes = $4 + 0 }
    /by cJSON/ { cjson = $4 + 0 }
    /processor time, over that of curl/ { time = $4 }
    /; memory, over that of curl/ { memory = $4 }
    /^\| the same; processor time, .*SDK/ { sdk_time = $4 }
    /^\| the same; memory, .*SDK/ { sdk_memory = $4 }
    END {
        if (flash == "" || stack == "" || image == "" || ram == "" || bytes == 0 || cjson == 0 || time == "") exit 1
        print "| what | costs |"
        print "|---|---|"
        print "| one list, linked for a Cortex-M3 | " flash " bytes of flash, " stack " of stack, no variables |"
        print "| a whole device with TLS and TCP/IP, on a Cortex-M3 | " image " bytes of flash, " ram " of RAM |"
        printf "| reading a page of tasks, on x86-64 | %.0f instructions a byte (cJSON: %.0f) |\n", bytes, cjson
        printf "| one list as a process, over new TLS | %.2f of the processor time and %.2f of the memory of curl with jq", time, memory
        if (sdk_time ~ /^[0-9]/) printf "; %.3f and %.3f of the vendor\047s SDK", sdk_time, sdk_memory
        print " |"
    }' tests/size/README.md || {
    echo 'figures.sh: a table of tests/size/README.md is not there; see make size-readme' >&2
    exit 1
}
