#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks the layout of the tree, and texts that no file may contain.
set -u
. tests/tools/tap.sh

list=$(mktemp) || exit 1
trap 'rm -f "$list"' EXIT
project_files >"$list"

# Files that are not in git are their owner's, such as a log.
strangers() {
    { git ls-files 2>/dev/null || cat "$list"; } | cut -d/ -f1 | sort -u | grep -vxE 'core|port|examples|tests|Makefile|README\.md|LICENSE|\..*'
}
missing() {
    for entry in core port examples tests Makefile README.md LICENSE; do
        [ -e "$entry" ] || echo "$entry"
    done
}
unlicensed() {
    grep -E '(\.(c|h|sh|awk|ld|py|js|mjs|S)|(^|/)Makefile)$|^\.ci/' "$list" | while read -r file; do
        head -n 2 "$file" | grep -q 'SPDX-License-Identifier: Apache-2\.0' || echo "$file"
    done
}
# The names are asked for, as this file would contain them otherwise.
hosts() {
    {
        apt-get indextargets --format '$(SITE)'
        ! command -v npm >/dev/null || npm config get registry
    } 2>/dev/null | sed -E 's#^[a-z+]+://##; s#[/:].*##' | grep -F . | grep -vxE '[0-9.]+' | sort -u
}
named_hosts() {
    hosts | while read -r host; do
        tr '\n' '\0' <"$list" | xargs -0 grep -nF -e "$host" /dev/null
    done
}
# The name of a checkout directly under / is too short to search for.
machine_paths() {
    case $(pwd) in
    /*/*) tr '\n' '\0' <"$list" | xargs -0 grep -nF -e "$(pwd)/" /dev/null ;;
    esac
}
long_files() {
    grep -E '\.[ch]$' "$list" | while read -r file; do
        lines=$(wc -l <"$file")
        [ "$lines" -le 600 ] || echo "$file: $lines lines"
    done
}
wide_lines() {
    grep -E '\.[ch]$' "$list" | tr '\n' '\0' | xargs -0 awk 'length($0) > 100 { print FILENAME ":" FNR ": " length($0) " columns" }'
}
crlf() {
    grep -E '\.(c|h|sh|awk|md)$|Makefile$' "$list" | tr '\n' '\0' |
        xargs -0 grep -nE "$(printf '\r')\$|[ 	]+\$" /dev/null
}

check 'the list of files is read' test -s "$list"
none 'the top level holds what the house allows' strangers
none 'the top level holds all that it should' missing
none 'each source file names its licence' unlicensed
none 'no file names a host that packages come from' named_hosts
none 'no file names a path of this machine' machine_paths
none 'no C file is longer than 600 lines' long_files
none 'no line of C is wider than 100 columns' wide_lines
none 'no line ends in white space' crlf
finish
