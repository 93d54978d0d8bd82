#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The manual pages, and what shells offer to complete: both know every option of the command.
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
# mdoc puts one dash of its own before an option, and only where the option is marked as one.
one_dash() {
    for page in $pages; do
        mandoc -T ascii "$page" | sed 's/.\x08//g' | grep -E '(^|[^-[:alnum:]])-[a-z][a-z]'
    done
}
none 'no option of theirs has one dash' one_dash

# What the command line takes, by its source.
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

# The same for the reporter. (tests/command/reporter_readme.sh looks at the keys of its configuration.)
reporter_options=$(grep -o '"--[a-z-]*"' examples/gateway/options.c | tr -d '"' | sort -u)
reporter=$OSFT_BUILD/osft-reporter
in_reporter_page() {
    [ "$(echo "$reporter_options" | wc -l)" -ge 5 ] || echo 'the source does not name the options'
    for option in $reporter_options; do
        grep -qE "^\.It (Fl . , )?Fl -${option#--}( |\$)" examples/gateway/osft-reporter.8 || echo "$option"
    done
}
none 'the manual page of the reporter explains every option' in_reporter_page
in_reporter_help() {
    for option in $reporter_options; do
        [ "$option" = --help ] || "$reporter" --help | grep -q "^  $option " || echo "$option"
    done
}
none '... and so does its help' in_reporter_help
in_reporter_synopsis() {
    for option in $reporter_options; do
        sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/p' examples/gateway/osft-reporter.8 |
            grep -q -e "Fl -${option#--}\( \|\$\)" || echo "$option"
    done
}
none '... and its synopsis' in_reporter_synopsis

commands='list get watch parse'
# helped: the options of all commands by their help, one "COMMAND OPTION" a line.
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

# bash_offers WORD...: what bash would offer for the last of these words.
bash_offers() {
    # shellcheck disable=SC2016 # for bash
    bash --norc -c '. examples/osft/completion/osft.bash
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
        _osft
        printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}
# The same for zsh, whose compadd is of use only while a line is edited.
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
