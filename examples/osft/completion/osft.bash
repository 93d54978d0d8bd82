# SPDX-License-Identifier: Apache-2.0
# Completion of osft for bash. The options are those that `osft COMMAND --help` lists, so they are those of the
# version that is installed.
# shellcheck shell=bash

# _osft_options PROGRAM COMMAND: the command's options, one a line.
_osft_options() {
    "$1" "$2" --help 2>/dev/null | sed -n 's/^  \(--[a-z][a-z-]*\).*/\1/p'
    printf '%s\n' --help --version
}

# _osft_values COMMAND OPTION: what can follow the option, one a line; nothing where that is up to the user.
_osft_values() {
    case $1$2 in
    watch--format) printf '%s\n' table jsonl ;;
    *--format) printf '%s\n' table json jsonl csv prometheus timeline ;;
    *--status) printf '%s\n' success failed running ;;
    *--extend-info) printf '%s\n' text object ;;
    *--region)
        printf '%s\n' us-east-1 eu-central-1 cn-zhangjiakou cn-shenzhen cn-shanghai cn-qingdao cn-hongkong cn-hangzhou \
            cn-beijing ap-southeast-5 ap-southeast-1
        ;;
    esac
}

_osft() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} words=
    COMPREPLY=()
    case $before$word in # bash has made three words of --name=value
    =*) before=${COMP_WORDS[COMP_CWORD - 2]} ;;
    *=) word= ;;
    esac
    if [ "$COMP_CWORD" -eq 1 ]; then
        words='list get watch parse help version'
    elif [ "$command" = help ]; then
        [ "$COMP_CWORD" -ne 2 ] || words='list get watch parse'
    else
        case $before in
        --ca | --state | --output | --credentials) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
        --*) words=$(_osft_values "$command" "$before") ;;
        esac
        case $word in
        -*) words=$(_osft_options "${COMP_WORDS[0]}" "$command") ;;
        *) [ "$command" != parse ] || [ -n "$words" ] || mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
        esac
    fi
    [ -z "$words" ] || mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o filenames -F _osft osft
