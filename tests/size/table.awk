# SPDX-License-Identifier: Apache-2.0
# Writes the tables of tests/size/size.sh. Each input line begins with the target and the kind of report.

function hex(text,    i, value) {
    for (i = 1; i <= length(text); i++)
        value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
    return value
}

function most(a, b) {
    return a + 0 > b + 0 ? a + 0 : b + 0
}

function row(name, object, bold,    t, line, b) {
    b = bold ? "**" : ""
    line = "| " b name b " |"
    for (t = 1; t <= 3; t++)
        line = line " " b text[target[t], object] b " |"
    line = line " " data[object] + 0 " | " bss[object] + 0 " |"
    for (t = 1; t <= 3; t++)
        line = line " " b stack[target[t], object] + 0 b " |"
    print line
}

function check(what, is, max) {
    if (is + 0 > max + 0) {
        print "size: " what " is " is " bytes, more than " max + 0 | "cat >&2"
        failed = 1
    }
}

BEGIN {
    target[1] = "cortex-m0plus"
    target[2] = "cortex-m3"
    target[3] = "rv32imc"
}

$2 == "size" && $3 != "text" {
    object = $NF
    gsub(/.*\/|\.o$/, "", object)
    if (object !~ /\.elf$/ && !(object in data))
        order[++count] = object
    text[$1, object] = $3
    data[object] = most(data[object], $4)
    bss[object] = most(bss[object], $5)
}

$2 == "list.stack" {
    stack[$1, $5] = most(stack[$1, $5], $3)
}

$2 ~ /^(list|retries)\.stack$/ && $6 == "osft_list" {
    sub(/stack$/, "elf", $2)
    stack[$1, $2] = $3
}

# The largest stack need of the functions of the core that programs call.
$2 == "everything.stack" {
    stack[$1, "everything.elf"] = most(stack[$1, "everything.elf"], $3)
}

$2 == "structs.nm" && /size_/ {
    name = $NF
    sub(/^size_/, "", name)
    if (!(name in known)) {
        known[name] = 1
        structs[++kinds] = name
    }
    bytes[$1, name] = hex($4)
}

$2 == "list.nm" && $3 == "U" {
    sub(/_case_.*/, "_case_*", $4)
    if ($4 !~ /^mem|^str/ && !($4 in helper)) {
        helper[$4] = 1
        helpers = helpers (helpers == "" ? "" : ", ") "`" $4 "`"
    }
}

END {
    for (object in data)
        if (object ~ /\.elf$/ && (text["cortex-m3", object] + 0 == 0 || stack["cortex-m3", object] + 0 == 0)) {
            print "size: nothing was measured of " object | "cat >&2"
            exit 1
        }
    print "Bytes, with `-Os -ffunction-sections -fdata-sections`, `-Wl,--gc-sections` and the default configuration; gcc " arm " (Cortex-M), " riscv " (RV32IMC)."
    print "text is code and constants; stack is the worst of any function in that object, with all it calls."
    print ""
    print "| object | text M0+ | text M3 | text RV32 | data | bss | stack M0+ | stack M3 | stack RV32 |"
    print "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    for (i = 1; i <= count; i++)
        row(order[i], order[i], 0)
    row("linked for one `osft_list`", "list.elf", 1)
    print "| limit | | " flash_max " | | 0 | 0 | | " stack_max " | |"
    row("the same with `osft_retry_default`", "retries.elf", 1)
    row("linked for everything", "everything.elf", 1)
    print "| limit | | " all_flash_max " | | 0 | 0 | | " all_stack_max " | |"
    print ""
    print "One `osft_list` is `osft_init`, `osft_list` and all they call, jsmn included. Everything is all but the texts of"
    print "errors (strerror), the reading of saved responses (parse), and what only ports call (port_tools)."
    print "Not counted: the C library's `memcpy`, `memmove`, `memcmp`, `memset`, `strlen`, and what the port needs."
    if (helpers != "")
        print "Nor the compiler's helpers where an instruction is missing: " helpers "."
    print ""
    print "| struct | M0+ | M3 | RV32 |"
    print "|---|--:|--:|--:|"
    for (i = 1; i <= kinds; i++) {
        line = "| `" structs[i] "` |"
        for (t = 1; t <= 3; t++)
            line = line " " bytes[target[t], structs[i]] " |"
        print line
    }
    check("flash on Cortex-M3, linked for one osft_list, text and data,", \
        text["cortex-m3", "list.elf"] + data["list.elf"], flash_max)
    check("stack of osft_list on Cortex-M3", stack["cortex-m3", "list.elf"], stack_max)
    check("flash on Cortex-M3, linked for everything, text and data,", \
        text["cortex-m3", "everything.elf"] + data["everything.elf"], all_flash_max)
    check("stack of everything on Cortex-M3", stack["cortex-m3", "everything.elf"], all_stack_max)
    for (object in data) {
        check("data of " object, data[object], 0)
        check("bss of " object, bss[object], 0)
    }
    exit failed
}
