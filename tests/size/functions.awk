# SPDX-License-Identifier: Apache-2.0
# awk -f tests/size/functions.awk DIR/stack DIR/list.nm: bytes of code, of stack, and the name.

function hex(text,    i, value) {
    for (i = 1; i <= length(text); i++)
        value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
    return value
}

FNR == NR {
    name = $4
    sub(/.*:/, "", name)
    deep[name] = $1
    own[name] = $2
    next
}

NF == 4 && $3 ~ /[tT]/ {
    printf "%5d  %-24s %4d %4d\n", hex($2), $4, deep[$4], own[$4]
}

NF == 4 && $3 ~ /[rR]/ {
    printf "%5d  %-24s constant\n", hex($2), $4
}
