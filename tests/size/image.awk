# SPDX-License-Identifier: Apache-2.0
# Prints what an image consists of, from its linker map: `flash PART BYTES` and `ram PART BYTES`, a line each.
# usage: awk -v sector=BYTES -v symbols=FILE -f tests/size/image.awk IMAGE.map
# symbols: functions and variables of the objects that were compiled anew when they were linked (LTO), a line
# each: OBJECT NAME. The map does not name these objects, but their sections have the names of functions.
# Text that several files share is counted for the first of them.

function hex(text,    i, n) {
    n = 0
    for (i = 3; i <= length(text); i++) n = n * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
    return n
}

function part(file) {
    if (file ~ /\.o\/core\//) return "client"
    if (file ~ /\.o\/(mbedtls|port\/mbedtls)\//) return "TLS"
    if (file ~ /\/apps\/sntp\//) return "SNTP"
    if (file ~ /\.o\/(lwip|port\/lwip)\//) return "TCP/IP"
    if (file ~ /firmware\/(nic|board|start|cortex_m|semihost)[^\/]*\.o$/) return "drivers, board"
    if (file ~ /examples\/firmware\/mem\.o$/ || file ~ /\.a\(/) return "C library"
    if (file ~ /examples\/firmware\//) return "application"
    return "padding"
}

# Return the part of the image that a section of compiled-anew code belongs to, such as .text.tcp_input.constprop.0
function lto_part(section) {
    sub(/^\.(text|rodata|data|bss)\./, "", section)
    while (!(section in part_of) && sub(/\.[^.]*$/, "", section)) continue # the name of a clone has suffixes
    if (section in part_of) return part_of[section]
    return section ~ /^mbedtls_/ ? "TLS" : "TLS or TCP/IP" # mostly strings
}

function count(section, address, bytes, file) {
    if (bytes == 0 || section ~ /^\.(debug|comment|ARM)/) return
    if (address >= 536870912) {
        if (section ~ /memp_memory|ram_heap/) ram["pools of TCP/IP"] += bytes
        else if (section ~ /^\.retained/) ram["work buffer"] += bytes
        else ram["variables"] += bytes
        if (section !~ /^\.data/) return
    } else if (address == 0 && section != ".vectors") return
    flash[file ~ /\.ltrans/ ? lto_part(section) : part(file)] += bytes
}

BEGIN { while ((getline line < symbols) > 0) { split(line, word); part_of[word[2]] = part(word[1]) } }

/^Linker script and memory map/ { on = 1 }
!on { next }
/^\.[a-z]/ { reserved = $1 ~ /^\.(stack|arena)$/ }
/^\.(stack|arena) / { ram[substr($1, 2)] = hex($3) }
reserved { next }
/^ \.[^ ]+$/ { section = $1; next }
/^ \.[^ ]+ +0x[0-9a-f]+ +0x[0-9a-f]+ / { section = $1; count($1, hex($2), hex($3), $4); next }
/^ +0x[0-9a-f]+ +0x[0-9a-f]+ [^ ]/ { count(section, hex($1), hex($2), $3); next }
/^ \*fill\* +0x[0-9a-f]+ +0x[0-9a-f]+/ { count(".fill", hex($2), hex($3), "") }

END {
    flash["sector"] = sector
    for (name in flash) print "flash", flash[name], name
    for (name in ram) print "ram", ram[name], name
}
