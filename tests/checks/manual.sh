#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks that the manual pages and the shells' completion know every option of the command.
set -u
. tests/tools/tap.sh
sh tests/tools/need.sh mandoc bash zsh || exit 1
osft=$OSFT_BUILD/osft
case $osft in /*) ;; *) osft=$(pwd)/$osft ;; esac

pages=$(project_files | grep '\.[1-9]$')
lint() {
    [ -n "$pages" ] || echo 'there is no manual page'
    # shellcheck disable=SC2086 # no name here has white space
    mandoc -T lint $pages
}
none 'mandoc finds nothing in the manual pages' lint
# mdoc adds a dash before an option, but only where the option is marked as one.
one_dash() {
    for page in $pages; do
        mandoc -T ascii "$page" | sed 's/.\x08//g' | grep -E '(^|[^-[:alnum:]])-[a-z][a-z]'
    done
}
none 'no option of theirs has one dash' one_dash

# The options of the command line, from its source.
options=$(sed -n 's/^ *\[OPTION_[A-Z_]*\] = { "\(--[a-z-]*\)".*/\1/p' examples/osft/options.c)
many() {
    [ "$(echo "$options" | wc -l)" -ge 28 ]
}
check 'the source names the options' many

in_page() {
    for option in $options; do
        case $option in --help | --version) ;; *) grep -q "^\.It Fl -${option#--}\( \|$\)" examples/osft/osft.1 || echo "$option" ;; esac
    done
}
none 'the manual page explains every option' in_page

commands='list get watch parse'
# helped: print the options of all commands as their help lists them, one "COMMAND OPTION" a line.
helped() {
    for command in $commands; do
        "$osft" "$command" --help | sed -n 's/^  \(--[a-z-]*\).*/'"$command"' \1/p'
    done | sort -u
}
in_help() {
    for option in $options; do
        case $option in --help | --version) ;; *) helped | grep -q -e " $option\$" || echo "$option" ;; esac
    done
}
none 'help explains every option' in_help

# bash_offers WORD...: print what bash offers for the last of these words.
bash_offers() {
    # shellcheck disable=SC2016 # for bash
    bash --norc -c '. examples/osft/completion/osft.bash
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
        _osft
        printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}
# zsh_offers WORD...: the same for zsh, whose compadd works only while a line is edited.
zsh_offers() {
    # shellcheck disable=SC2016 # for zsh
    zsh -f -c '. examples/osft/completion/_osft
        compadd() { shift; print -l -- ${(M)@:#$PREFIX*} }
        _files() { print -l -- $PREFIX*(N) }
        words=("$@") CURRENT=$# PREFIX=${@[-1]}
        _osft' zsh "$@"
}
for shell in bash zsh; do
    offered() {
        for command in $commands; do
            "${shell}_offers" "$osft" "$command" -- | sed "s/^/$command /"
        done | sort -u >"$OSFT_BUILD/offered"
        {
            helped
            for command in $commands; do
                printf '%s\n' "$command --help" "$command --version"
            done
        } | sort -u | diff - "$OSFT_BUILD/offered"
    }
    none "$shell offers exactly the options that a command has" offered
    offers() {
        want=$1
        shift
        [ "$("${shell}_offers" "$osft" "$@" | sort | tr '\n' ' ')" = "$want" ] || "${shell}_offers" "$osft" "$@"
    }
    none "$shell offers the commands" offers 'get help list parse version watch ' ''
    none "$shell offers what is left of an option" offers '--page --page-size ' list --pa
    none "$shell offers the values of --status" offers 'failed running success ' list --status ''
    none "$shell offers those formats that watch has" offers 'jsonl table ' watch --format ''
    none "$shell offers what is left of a value" offers 'cn-hangzhou ' list --region cn-ha
    [ $shell = zsh ] || none "$shell offers values behind an equals sign" offers 'cn-hangzhou ' list --region = cn-ha
    none "$shell offers files to parse" offers 'LICENSE ' parse LIC
    none "$shell offers files for --ca" offers 'LICENSE ' list --ca LIC
done
finish
