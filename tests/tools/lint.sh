#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Layout, static analysis, length and complexity of functions. Prints a table, a line a folder; exit
# status 1 when anything is found. (Compilers' warnings are errors in every build.)
set -u

lines_max=80      # lines of a function
median_max=20     # the median of a folder's functions
complexity_max=15 # McCabe's number; a switch counts once
format=14         # clang-format's version: others lay out differently

status=0
problem() {
    echo "lint: $1" >&2
    status=1
}

# shellcheck disable=SC2046 # no name here has white space
set -- $(find core port examples tests -name '*.[ch]' | sort)
tool=$(command -v clang-format-$format || command -v clang-format)
case $($tool --version) in
*"version $format."*)
    for file in "$@"; do
        "$tool" "$file" | cmp -s - "$file" || problem "$file: not laid out; run clang-format -i"
    done
    ;;
*) echo "lint: layout is not checked: this is not clang-format $format" >&2 ;;
esac

# shellcheck disable=SC2046
# cppcheck reads the code that is shipped, and the endpoint. Test programs are run with sanitizers instead.
cppcheck --quiet --std=c99 --language=c --enable=warning,performance,portability --inline-suppr \
    --suppress=missingIncludeSystem -UOSFT_CONFIG_FILE -j "$(nproc)" --error-exitcode=1 -Icore \
    $(printf -- ' -I%s' port/*/) core port examples ||
    problem 'cppcheck'

# shellcheck disable=SC2046
set -- $(find core port examples tests -name '*.c' | sort)
pmccabe "$@" | awk -v lines_max=$lines_max -v median_max=$median_max -v most=$complexity_max '
    {
        file = $6
        sub(/\(.*/, "", file)
        room = file
        sub(/\/[^\/]*$/, "", room)
        lengths[room] = lengths[room] " " $5
        if (!(room in count)) order[++rooms] = room
        count[room]++
        if ($5 > longest[room]) longest[room] = $5
        if ($1 > worst[room]) worst[room] = $1
        if ($5 > lines_max || $1 > most) {
            print "lint: " $6 " " $7 ": " $5 " lines, complexity " $1 | "cat >&2"
            failed = 1
        }
    }
    function median(list,    n, i, j, value, v) {
        n = split(list, value, " ")
        for (i = 2; i <= n; i++) {
            v = value[i] + 0
            for (j = i - 1; j > 0 && value[j] + 0 > v; j--) value[j + 1] = value[j]
            value[j + 1] = v
        }
        return value[int((n + 1) / 2)]
    }
    END {
        form = "%-24s %9s %7s %8s %11s\n"
        printf form, "folder", "functions", "median", "longest", "complexity"
        for (i = 1; i <= rooms; i++) {
            room = order[i]
            middle = median(lengths[room])
            printf form, room, count[room], middle, longest[room], worst[room]
            if (middle > median_max) {
                print "lint: " room ": the median function has " middle " lines" | "cat >&2"
                failed = 1
            }
        }
        printf form, "limit", "", median_max, lines_max, most
        exit failed
    }' || problem 'length or complexity'
exit $status
