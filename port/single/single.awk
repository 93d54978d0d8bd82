# SPDX-License-Identifier: Apache-2.0
# Joins files of core/ into one: prints each file named as an argument, with the files of core/ that it includes in
# front, each once, and the C library's headers once.
# usage: awk -f port/single/single.awk -v comment=TEXT [-v has='NAME NAME'] FILE...    (has: headers to leave out)
function folder(file) {
    sub(/[^\/]*$/, "", file)
    return file
}
function join(file,    name, line, quoted) {
    name = file
    sub(/.*\//, "", name)
    if (name in joined)
        return
    joined[name] = 1
    quoted = ""
    while ((getline line <file) > 0) {
        if (line ~ /^\/\* SPDX-License-Identifier: .* \*\/$/)
            continue
        if (line ~ /^#include "/) {
            name = line
            sub(/^#include "/, "", name)
            sub(/".*/, "", name)
            join(folder(file) name)
        } else if (line !~ /^#include <[a-z]*\.h>$/ || !(line in joined)) {
            joined[line] = 1
            if (quoted != file) {
                print "\n/* ---- " file " ---- */"
                quoted = file
            }
            print line
        }
    }
    close(file)
}
BEGIN {
    count = split(has, names, " ")
    for (i = 1; i <= count; i++)
        joined[names[i]] = 1
    print "/* SPDX-License-Identifier: Apache-2.0 */"
    print "/* " comment " */"
    if (count > 0)
        print "#include \"osft.h\""
    for (i = 1; i < ARGC; i++)
        join(ARGV[i])
}
