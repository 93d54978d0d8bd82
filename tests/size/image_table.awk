# SPDX-License-Identifier: Apache-2.0
# The table of tests/size/image.sh: limits, then facts, a line each:
#   IMAGE flash|ram BYTES PART      of the linker's map
#   IMAGE NAME NUMBER measured      of a run; the most counts

NF == 3 { limit[$1, $2] = $3; next }
!($1 in seen) { seen[$1] = 1; image[++images] = $1 }
$2 == "flash" || $2 == "ram" {
    part = $4
    for (i = 5; i <= NF; i++) part = part " " $i
    if (!(($2, part) in known)) { known[$2, part] = 1; list[$2, ++parts[$2]] = part }
    bytes[$1, $2, part] = $3
    total[$1, $2] += $3
    next
}
$3 > most[$1, $2] { most[$1, $2] = $3 }

function row(name, kind, part,    i, line) {
    line = "| " name " |"
    for (i = 1; i <= images; i++) line = line " " bytes[image[i], kind, part] + 0 " |"
    print line
}
function sums(name, kind, bold,    i, line, n) {
    line = "| **" name "** |"
    for (i = 1; i <= images; i++) {
        n = total[image[i], kind]
        line = line " **" n "** |"
        check(image[i], kind, n)
    }
    print line
}
function check(which, kind, n) {
    if ((which, kind) in limit && (n > limit[which, kind] || n == 0)) {
        print which ": " kind ": " n " is over the limit of " limit[which, kind] | "cat >&2"
        failed = 1
    }
}
function limits(kind,    i, line) {
    line = "| limit |"
    for (i = 1; i <= images; i++) line = line " " limit[image[i], kind] " |"
    print line
}
# Check that so many bytes of a reserved part of RAM are left over.
function margin(part, what, least,    i, left) {
    for (i = 1; i <= images; i++) {
        left = bytes[image[i], "ram", part] - most[image[i], what]
        if (left < least || !most[image[i], what]) {
            print image[i] ": " part ": only " left " bytes are left over, not " least | "cat >&2"
            failed = 1
        }
    }
}
function measured(name, what,    i, line) {
    line = "| " name " |"
    for (i = 1; i <= images; i++) line = line " " most[image[i], what] " |"
    print line
}
function instructions(name, what, kind,    i, line, n) {
    line = "| " name " |"
    for (i = 1; i <= images; i++) {
        n = int(most[image[i], what] * 1000 / 16)
        line = line " " n " |"
        check(image[i], kind, n)
    }
    print line
}

END {
    line = "| |"
    rule = "|---|"
    for (i = 1; i <= images; i++) { line = line " " image[i] " |"; rule = rule "--:|" }
    print line
    print rule
    for (k = 1; k <= parts["flash"]; k++) row("flash: " list["flash", k], "flash", list["flash", k])
    sums("flash", "flash")
    limits("flash")
    for (k = 1; k <= parts["ram"]; k++) row("RAM: " list["ram", k], "ram", list["ram", k])
    sums("RAM", "ram")
    limits("ram")
    measured("arena, the least that works", "least")
    measured("stack used", "stack")
    margin("arena", "least", 256)
    margin("stack", "stack", 128)
    instructions("instructions of a full handshake, ECDSA", "full_us", "full")
    limits("full")
    instructions("instructions of a resumed one", "resumed_us", "resumed")
    limits("resumed")
    exit failed
}
