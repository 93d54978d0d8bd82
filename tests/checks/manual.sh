#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks that the manual pages and the shells' completion know every option of the command.
set -u
. tests/tools/tap.sh
sh tests/tools/need.sh mandoc bash zsh || exit 1
osft=$OSFT_BUILD/osft
case $osft in /*) ;; *) osft=$(pwd)/$osft ;; esac

man=$OSFT_BUILD/checks/man
pages=$(project_files | grep '\.[1-9]$')
library=$man/osft.3
rm -rf "$man"
manual() {
    MAKEFLAGS='' make -s BUILD="$man" manual && [ -s "$library" ]
}
check 'the manual page of the library is made from its headers' manual
lint() {
    [ -n "$pages" ] || echo 'there is no manual page of a command'
    # shellcheck disable=SC2086 # no name here has white space
    mandoc -T lint $pages "$library"
}
none 'mandoc finds nothing in the manual pages' lint
# mdoc adds a dash before an option, but only where the option is marked as one.
one_dash() {
    for page in $pages; do
        mandoc -T ascii "$page" | sed 's/.\x08//g' | grep -E '(^|[^-[:alnum:]])-[a-z][a-z]'
    done
}
none 'no option of the commands has one dash' one_dash

# --- the library ---
# The functions that the library has and the public headers name, apart from those that OSFT_RETRY names.
public_functions() {
    for header in core/osft*.h port/*/osft_*.h; do
        case $header in *_internal.h) ;; *) cat "$header" ;; esac
    done >"$man/headers"
    nm "$OSFT_BUILD/libosft.a" | sed -n 's/.* T \(osft_[a-z_0-9]*\)$/\1/p' | sed 's/_[0-9]*_[0-9]*_[0-9]*$//' | sort -u |
        grep -vxE 'osft_(prepare_attempt|end_attempt|read_retry_header)' | while read -r name; do
        ! grep -qE "^[a-z].*[ *]$name\(" "$man/headers" || echo "$name"
    done
}
in_library_page() {
    public_functions >"$man/functions"
    [ "$(wc -l <"$man/functions")" -ge 60 ] || echo 'few functions were found'
    while read -r name; do
        grep -qx "\.Fo $name" "$library" && grep -qE "^\.It .*Fn $name( |\$)" "$library" || echo "$name"
    done <"$man/functions"
}
none 'the manual page of the library explains every public function' in_library_page
without_text() {
    awk '/^\.It .*Fn / { tag = $0; next } tag != "" && /^\.(It|El)/ { print tag } { tag = "" }' "$library"
}
none '... none of them without a word' without_text
# The compiler compares the page's prototypes with those of the headers. (lwIP's headers are not here.)
prototypes() {
    awk '
        /^\.Sh DESCRIPTION/ { exit }
        { gsub(/"/, "") }
        /^\.In / { header = $2; if (header != "osft_lwip.h") print "#include \"" header "\"" }
        header == "osft_lwip.h" { next }
        /^\.Ft / { type = substr($0, 5); arguments = "" }
        /^\.Fo / { name = $2 }
        /^\.Fa / { arguments = arguments (arguments == "" ? "" : ", ") substr($0, 5) }
        /^\.Fc/ { print type " " name "(" arguments ");" }
    ' "$library" >"$man/prototypes.c"
    grep -c '^[a-z]' "$man/prototypes.c" | awk '$1 < 60 { print "few prototypes" }'
    # shellcheck disable=SC2046 # a list of words
    ${CC:-cc} -std=c11 -Wall -Wextra -Wno-unused-function -Werror -fsyntax-only -D_POSIX_C_SOURCE=200809L -Icore \
        $(printf -- ' -I%s' port/*/) ${MBEDTLS_DIR:+-isystem "$MBEDTLS_DIR/include"} "$man/prototypes.c"
}
none '... with the prototypes of the headers' prototypes
no_private() {
    grep -nE 'osft_(prepare_attempt|end_attempt|read_retry_header|deadline|response|http|json|recent)( |$)|private' "$library"
}
none '... and without what is private' no_private

# --- the command ---
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

# The same for the reporter. (tests/system/reporter/readme.sh looks at the keys of its configuration.)
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
        compset() { PREFIX=${PREFIX#*=} }
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
        said=$("${shell}_offers" "$osft" "$@" | sort | tr '\n' ' ')
        [ "$said" = "$want" ] || echo "'$said'"
    }
    none "$shell offers the commands" offers 'get help list parse version watch ' ''
    none "$shell offers what is left of an option" offers '--page --page-size ' list --pa
    none "$shell offers the values of --status" offers 'failed running success ' list --status ''
    none "$shell offers those formats that watch has" offers 'jsonl table ' watch --format ''
    none "$shell offers what is left of a value" offers 'cn-hangzhou ' list --region cn-ha
    # bash takes the equals sign for a word.
    case $shell in
    bash) none "$shell offers values behind an equals sign" offers 'cn-hangzhou ' list --region = cn-ha ;;
    zsh) none "$shell offers values behind an equals sign" offers 'cn-hangzhou ' list --region=cn-ha ;;
    esac
    none "$shell offers files to parse" offers 'LICENSE ' parse LIC
    none "$shell offers files for --ca" offers 'LICENSE ' list --ca LIC
done

# A zsh on a terminal, with what is installed. The function takes the place of the command once the line is typed.
home=$OSFT_BUILD/checks/zsh
mkdir -p "$home"
cat >"$home/.zshrc" <<END
PS1='' path=(${osft%/*} \$path) fpath=($PWD/examples/osft/completion \$fpath)
autoload -Uz compinit && compinit -u -D
osft() {
    if [[ \$argv[-1] == --help ]]; then
        command osft "\$@"
    else
        print -r -- "<\$*>"
        exit
    fi
}
END
# typed KEYS: what the command's words are when these keys and Enter are typed there; \t is the key Tab.
typed() {
    # shellcheck disable=SC2016 # for zsh
    ZDOTDIR=$home TERM=dumb zsh -f -c 'zmodload zsh/zpty && zpty z zsh -d -i && zpty -w z "osft ${(g::)1}" &&
        zpty -r z out "*<*>*" && print -r -- ${${out##*<}%%>*}' zsh "$1"
}
# types WORDS KEYS
types() {
    said=$(typed "$2") && [ "$said" = "$1" ] || echo "'$said'"
}
if [ "$(zsh -f -c 'zmodload zsh/zpty && zpty z echo yes && zpty -r z out "*yes*" && echo yes' 2>/dev/null)" = yes ]; then
    none 'zsh on a terminal completes commands, options and values' types 'list --status failed' 'li\t--stat\tfa\t'
    none '... and values behind an equals sign' types 'list --region=cn-hangzhou' 'list --region=cn-ha\t'
else
    skip 'zsh on a terminal completes commands, options and values' 'it cannot open a pseudo-terminal'
fi
finish
