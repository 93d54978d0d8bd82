#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints a bill of materials in the form of CycloneDX 1.5: what a product was built from, with the versions that the
# compiler finds on its include path, and the Debian package that each part is from.
# usage: sh tests/tools/sbom.sh PRODUCT PART... -- COMPILER...
#   PART       jsmn, mbedtls, lwip, libc
#   COMPILER   the compiler, with the flags that lead to the parts
set -eu

product=$1
shift
parts=
while [ "$1" != -- ]; do
    parts="$parts $1"
    shift
done
shift

die() {
    echo "sbom.sh: $*" >&2
    exit 1
}
# header NAME COMPILER...: print the path of a header that the compiler finds.
header() {
    name=$1
    shift
    echo "#include <$name>" | "$@" -E - 2>/dev/null | sed -n 's/^# [0-9]* "\(\/*[^"<]*\)".*/\1/p' | grep "/$name\$" |
        head -n 1
}
# macro NAME HEADER COMPILER...: print the value of a macro, without quotation marks.
macro() {
    name=$1 include=$2
    shift 2
    printf '#include <%s>\n@ %s\n' "$include" "$name" | "$@" -E -P - 2>/dev/null | sed '1,/^@/ { /^@/!d; }' |
        tr -d '@" \n'
}
# source_of FILE: print "PACKAGE VERSION ARCHITECTURE" of the Debian package that the file is from, if there is one:
# an installed package, or the source package in whose tree the file lies.
source_of() {
    file=$(readlink -f "$1")
    if package=$(dpkg-query -S "$file" 2>/dev/null); then
        dpkg-query -W -f '${Package} ${Version} ${Architecture}\n' "${package%%: *}"
        return
    fi
    folder=${file%/*}
    while [ -n "$folder" ]; do
        if [ -f "$folder/debian/changelog" ]; then
            sed -n '1s/^\([^ ]*\) (\([^)]*\)).*/\1 \2 source/p' "$folder/debian/changelog"
            return
        fi
        folder=${folder%/*}
    done
}
# component NAME VERSION LICENCE FILE: print a part. Without a VERSION, it is that of the package; a copy of unknown
# origin has none.
component() {
    # shellcheck disable=SC2046 # three words
    set -- "$1" "$2" "$3" "$4" $(source_of "$4")
    version=$2
    if [ $# = 7 ]; then
        distribution=debian # source trees are Debian's, see source.sh
        [ "$7" = source ] || distribution=$(. /etc/os-release && echo "$ID")
        purl="pkg:deb/$distribution/$5@$(echo "$6" | sed 's/+/%2B/g; s/:/%3A/g')?arch=$7"
        [ -n "$version" ] || version=$(echo "$6" | sed -E 's/^[0-9]+://; s/-[^-]*$//')
    else
        purl=pkg:generic/$1${version:+@$version}
    fi
    printf '    {\n      "type": "library",\n      "bom-ref": "%s",\n      "name": "%s",\n' "$1" "$1"
    [ -z "$version" ] || printf '      "version": "%s",\n' "$version"
    printf '      "licenses": [ { "expression": "%s" } ],\n' "$3"
    [ "$1" != jsmn ] || # a header, which is all of it
        printf '      "hashes": [ { "alg": "SHA-256", "content": "%s" } ],\n' "$(sha256sum "$4" | cut -d ' ' -f 1)"
    printf '      "purl": "%s"\n    }' "$purl"
}
part() {
    name=$1
    shift
    case $name in
    jsmn)
        file=$(header jsmn.h "$@")
        [ -n "$file" ] || die 'the compiler finds no jsmn.h'
        original=${JSMN_DIR:-/usr/include}/jsmn.h # builds for other machines use a copy
        ! cmp -s "$file" "$original" || file=$original
        grep -q 'MIT License' "$file" || die "$file has another licence than MIT"
        component jsmn '' MIT "$file"
        ;;
    mbedtls)
        file=$(header mbedtls/version.h "$@")
        [ -n "$file" ] || die 'the compiler finds no mbedtls/version.h'
        version=$(macro MBEDTLS_VERSION_STRING mbedtls/version.h "$@")
        [ -n "$version" ] || die "$file has no version"
        component mbedtls "$version" \
            "$(sed -n 's/.*SPDX-License-Identifier: *//p' "$file")" "$file"
        ;;
    lwip)
        file=$(header lwip/init.h "$@")
        [ -n "$file" ] || die 'the compiler finds no lwip/init.h'
        version=$(sed -n 's/^#define LWIP_VERSION_\(MAJOR\|MINOR\|REVISION\)  *//p' "$file" | paste -sd .)
        component lwip "$version" BSD-3-Clause "$file"
        ;;
    libc)
        file=$(header stdlib.h "$@")
        case $(readlink -f "$file") in
        *musl*) component musl '' MIT "$file" ;;
        *picolibc*) component picolibc '' BSD-3-Clause "$file" ;;
        *) die "the C library is not known: $file" ;;
        esac
        ;;
    *) die "no such part: $name" ;;
    esac
}

version=$(sed -n 's/.*OSFT_VERSION  *"\(.*\)"/\1/p' core/osft.h)
cat <<END
{
  "bomFormat": "CycloneDX",
  "specVersion": "1.5",
  "version": 1,
  "metadata": {
    "component": {
      "type": "library",
      "bom-ref": "$product",
      "name": "$product",
      "version": "$version",
      "licenses": [ { "expression": "Apache-2.0" } ],
      "purl": "pkg:generic/osft@$version"
    }
  },
  "components": [
END
comma=
refs=
for name in $parts; do
    text=$(part "$name" "$@") || exit 1
    printf '%s%s' "$comma" "$text"
    refs="$refs$(echo "$text" | sed -n 's/.*"bom-ref": \("[^"]*"\),/, \1/p')"
    comma=',
'
done
printf '\n  ],\n  "dependencies": [\n    { "ref": "%s", "dependsOn": [ %s ] }\n  ]\n}\n' "$product" "${refs#, }"
