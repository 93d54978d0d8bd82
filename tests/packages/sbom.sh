#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks make sbom: the bills of materials have the members that CycloneDX 1.5 requires, and the versions of the
# libraries that programs really run with.
# usage: OSFT_BUILD=build sh tests/packages/sbom.sh     (build/mbedtls3, build/lwip: source trees)
set -u
sh tests/tools/need.sh gcc libc6-dev make libmbedtls-dev libjsmn-dev python3 gcc-arm-none-eabi \
    picolibc-arm-none-eabi || exit 1
. tests/tools/tap.sh

B=${OSFT_BUILD:-build}
case $B in /*) ;; *) B=$(pwd)/$B ;; esac
dir=$B/packages/sbom
rm -rf "$dir"
mkdir -p "$dir/firmware/jsmn" "$dir/own"
ln -s "$B/mbedtls3" "$dir/mbedtls3"
ln -s "$B/lwip" "$dir/lwip"
jsmn=${JSMN_DIR:-/usr/include}/jsmn.h
cp "$jsmn" "$dir/firmware/jsmn" # as when the firmware was built

sbom() {
    MAKEFLAGS='' make -s BUILD="$dir" "$@" sbom
}
# valid FILE: whether it has what the specification requires, and each reference leads to a component.
valid() {
    /usr/bin/python3 -c '
import json, re, sys
with open(sys.argv[1]) as file:
    bom = json.load(file)
assert bom["bomFormat"] == "CycloneDX" and bom["specVersion"] == "1.5" and bom["version"] >= 1
all = [bom["metadata"]["component"]] + bom["components"]
assert len(all) > 2
refs = [part["bom-ref"] for part in all]
assert len(set(refs)) == len(refs), "a bom-ref occurs twice"
for part in all:
    assert part["type"] == "library" and part["name"]
    assert re.fullmatch(r"pkg:(deb/[a-z]+|generic)/[a-z0-9.+-]+(@[^@/?]+)?(\?arch=[a-z0-9-]+)?", part["purl"]), part
    for licence in part["licenses"]:
        assert licence["expression"]
    for digest in part.get("hashes", []):
        assert digest["alg"] == "SHA-256" and re.fullmatch("[0-9a-f]{64}", digest["content"])
used = [name for entry in bom["dependencies"] for name in [entry["ref"]] + entry["dependsOn"]]
assert sorted(used) == sorted(refs), "dependencies and components differ"' "$1"
}
# value FILE PART MEMBER: print a member of a component.
value() {
    /usr/bin/python3 -c '
import json, sys
with open(sys.argv[1]) as file:
    bom = json.load(file)
for part in bom["components"] + [bom["metadata"]["component"]]:
    if part["name"] == sys.argv[2]:
        print(part.get(sys.argv[3], "none"))' "$@"
}
is() {
    [ "$1" = "$2" ] || { echo "$1 is not $2" && false; }
}

check 'make sbom writes them' sbom
library=$dir/sbom/osft.cdx.json firmware=$dir/sbom/osft-firmware.cdx.json
check "the library's is valid" valid "$library"
check "the firmware's is valid" valid "$firmware"
check 'osft has the version that the command tells' is "osft $(value "$library" osft version)" "$("$B/osft" version)"

# The version that the linked library itself tells.
cat >"$dir/version.c" <<'END'
#include <mbedtls/version.h>
#include <stdio.h>

int main(void)
{
    char text[18];
    mbedtls_version_get_string(text);
    puts(text);
    return 0;
}
END
linked() {
    gcc -o "$dir/version" "$dir/version.c" -lmbedcrypto && is "$(value "$library" mbedtls version)" "$("$dir/version")"
}
check 'mbedTLS has the version that a program links' linked
is_of_package() {
    package_version=$(dpkg-query -W -f '${Version}' libmbedtls-dev | sed 's/+/%2B/g')
    case $(value "$library" mbedtls purl) in
    "pkg:deb/$(. /etc/os-release && echo "$ID")/libmbedtls-dev@$package_version?"*) ;;
    *) value "$library" mbedtls purl && false ;;
    esac
}
check '... and is of its Debian package' is_of_package
check 'the firmware has mbedTLS 3.6' sh -c "case '$(value "$firmware" mbedtls version)' in 3.6.*) ;; *) exit 1 ;; esac"
check '... and lwIP 2.2' sh -c "case '$(value "$firmware" lwip version)' in 2.2.*) ;; *) exit 1 ;; esac"
check '... and the C library of the compiler' is "$(value "$firmware" picolibc version)" \
    "$(dpkg-query -W -f '${Version}' picolibc-arm-none-eabi | sed 's/-[^-]*$//')"

# Another jsmn.h than Debian's has its hash, and no version.
{ cat "$jsmn" && echo; } >"$dir/own/jsmn.h"
own() {
    sbom JSMN_DIR="$dir/own" && valid "$library" && is "$(value "$library" jsmn version)" none &&
        value "$library" jsmn hashes | grep -q "$(sha256sum "$dir/own/jsmn.h" | cut -d ' ' -f 1)"
}
check 'a jsmn.h of your own has its hash, and no version' own
finish
