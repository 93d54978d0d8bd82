# SPDX-License-Identifier: Apache-2.0
# Writes a Kconfig file: standard input, with the line "# limits" replaced by the limits of core/osft_config.h, with
# the default, the bounds and the comment of each. A limit without an upper bound gets the largest int.
# usage: awk -f port/kconfig.awk core/osft_config.h - <Kconfig
function add_to_help(text) {
    gsub(/^[ \/*]+|[ *\/]+$/, "", text)
    if (text != "")
        help = help "\t  " text "\n"
}
FILENAME != "-" {
    if (/^\/\*/) {
        help = ""
        inside = 1
    }
    if (inside)
        add_to_help($0)
    if (/\*\/$/)
        inside = 0
    if ($1 == "#define" && NF == 3 && $3 ~ /^[0-9]+$/) {
        order[++count] = $2
        default_of[$2] = $3
        help_of[$2] = help
        low[$2] = 0
        high[$2] = 2147483647
    }
    if (/^OSFT_STATIC_ASSERT/) {
        text = $0
        gsub(/[(),;]/, " ", text)
        words = split(text, word, " ")
        for (i = 1; i < words; i++) {
            if (word[i + 1] == ">=") low[word[i]] = word[i + 2]
            if (word[i + 1] == "<=") high[word[i]] = word[i + 2]
        }
    }
    next
}
$0 == "# limits" {
    for (i = 1; i <= count; i++) {
        name = order[i]
        print "config " name
        print "\tint \"" tolower(substr(name, 6)) "\""
        print "\tdefault " default_of[name]
        print "\trange " low[name] " " high[name]
        print "\thelp"
        printf "%s\n", help_of[name]
    }
    next
}
{ print }
