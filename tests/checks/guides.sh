#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks the pages for users and contributors: links lead to files, commands exist, the list of changes is that of
# this version and names what the headers have, and the translated first steps are those of README.md.
set -u
. tests/tools/tap.sh

guides=$(project_files | grep '^\.github/.*\.md$')
pages=$(project_files | grep '\.md$')
dir=$OSFT_BUILD/checks/guides
mkdir -p "$dir"

all_there() {
    for guide in CHANGELOG CONTRIBUTING SECURITY; do
        [ -s ".github/$guide.md" ] || echo "$guide"
    done
}
none 'there are a list of changes, a guide for contributors and a security policy' all_there

# A link to a place in a page must lead to a heading of that page.
dead_links() {
    for page in $pages; do
        grep -oE '\]\([^)]+\)' "$page" | sed 's/^](//; s/)$//' | grep -v '^https*:' | while read -r link; do
            file=${link%%#*} place=
            case $link in *'#'*) place=${link#*#} ;; esac
            target=$page
            [ -z "$file" ] || target=$(dirname "$page")/$file
            if [ ! -e "$target" ]; then
                echo "$page: $link"
            elif [ -n "$place" ]; then
                sed -n 's/^##* //p' "$target" | tr 'A-Z ' 'a-z-' | tr -d '`,.?' | grep -qxF "$place" || echo "$page: $link"
            fi
        done
    done
}
none 'links of all pages lead to files and headings that exist' dead_links

# commands PAGE...: print the targets of the make commands in backquotes and in indented lines.
commands() {
    # shellcheck disable=SC2016 # nothing to expand
    sed -nE 's/^    (make .*)/`\1`/; s/[^`]*(`[^`]*`)[^`]*/\1/gp' "$@" | grep -oE '`make [a-z][a-z0-9-]*' | sed 's/`make //' |
        sort -u
}
{
    echo help
    MAKEFLAGS='' make -s help | sed -n 's/^make \([a-z][a-z0-9-]*\).*/\1/p'
} | sort -u >"$dir/targets"
unknown_commands() {
    # shellcheck disable=SC2086 # no name here has white space
    commands README.md $guides >"$dir/commands"
    [ "$(wc -l <"$dir/commands")" -ge 10 ] || echo 'few commands were found'
    comm -23 "$dir/commands" "$dir/targets"
}
none 'each make command of README.md and of the guides is in make help' unknown_commands

# --- the list of changes ---
newest() {
    sed -n 's/^## \([0-9.]*\).*/\1/p' .github/CHANGELOG.md | head -n 1
}
is_newest() {
    version=$(sed -n 's/.*OSFT_VERSION  *"\(.*\)"/\1/p' core/osft.h)
    [ -n "$version" ] && [ "$(newest)" = "$version" ] || echo "its newest version is $(newest); osft.h has $version"
}
none 'the list of changes begins with the version of osft.h' is_newest
# unknown_names: print the names in the sections "New" that do not exist. The sections about incompatible changes are
# left out, because they also have names that were removed.
unknown_names() {
    awk '/^### / { inside = $2 == "New" } /^## / { inside = 0 } inside' .github/CHANGELOG.md |
        grep -oE '`(osft_[a-z_0-9]+|OSFT_[A-Z_]+)' | tr -d '`' | sort -u >"$dir/names"
    [ "$(wc -l <"$dir/names")" -ge 10 ] || echo 'few names were found'
    while read -r name; do
        grep -qw "$name" core/osft*.h port/*/osft_*.h || echo "$name"
    done <"$dir/names"
}
none 'the names that it calls new are in the public headers' unknown_names

# --- first steps in Chinese ---
chinese=.github/translations/README.zh-CN.md
# first_steps PAGE: print the commands and programs of the sections that both pages have, without comments, and the
# code in their tables.
first_steps() {
    awk '
        /^## (On your own device|接下来读什么)$/ { exit }
        /^```/ { inside = !inside }
        inside || /^```/ || /^    / { print }
        !inside && /^\| / { while (match($0, /`[^`]*`/)) { print substr($0, RSTART, RLENGTH); $0 = substr($0, RSTART + RLENGTH) } }
    ' "$1" | sed 's| */\*.*\*/||; s/^\(    make.*[^ ]\) *# .*/\1/'
}
same_steps() {
    first_steps README.md >"$dir/english"
    first_steps "$chinese" >"$dir/chinese"
    [ "$(wc -l <"$dir/english")" -ge 80 ] || echo 'few lines of code were found'
    diff "$dir/english" "$dir/chinese"
}
none 'the first steps in Chinese have the commands, programs and tables of README.md' same_steps
check 'README.md leads to them' grep -qF "($chinese)" README.md

# --- the security policy ---
stays_private() {
    grep -q 'in private' .github/SECURITY.md && grep -q 'Never send an AccessKey' .github/SECURITY.md &&
        grep -qF '(.github/SECURITY.md)' README.md
}
check 'README.md leads to the security policy, which says how to report a flaw' stays_private
finish
