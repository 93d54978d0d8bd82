#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks port/cmake. Programs use osft in three ways: as a package, as a subfolder, and fetched. They are built and run
# on this machine, and built for a Cortex-M3 and run in an emulator. A device's program with TLS over lwIP is only
# linked.
# usage: OSFT_BUILD=build sh tests/packages/cmake.sh     (build/mbedtls3, build/lwip: source trees)
set -u
sh tests/tools/need.sh gcc libc6-dev make cmake libmbedtls-dev libjsmn-dev gcc-arm-none-eabi \
    picolibc-arm-none-eabi binutils qemu-system-arm || exit 1
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/tap.sh
. tests/system/targets/emulators.sh

dir=$B/packages/cmake
source=$(pwd)
archive=$dir/osft.tar
rm -rf "$dir"
mkdir -p "$dir/jsmn"
cp "${JSMN_DIR:-/usr/include}/jsmn.h" "$dir/jsmn" # alone: a cross compiler must not see other headers of the host
project_files | tar -cf "$archive" --transform 's|^|osft/|' -T -

# try COMMAND...: run the command, and print its output when the command fails.
try() {
    "$@" >"$dir/log" 2>&1 || { tail -n 30 "$dir/log" && false; }
}
# configure NAME FOLDER OPTIONS...: configure the project in FOLDER, in $dir/NAME.
configure() {
    name=$1 folder=$2
    shift 2
    try cmake -S "$folder" -B "$dir/$name" -DOSFT_JSMN_DIR="$dir/jsmn" "$@"
}
build() {
    try cmake --build "$dir/$1" -j "$(nproc)"
}
built() {
    configure "$@" && build "$1"
}
install() {
    built "$@" && try cmake --install "$dir/$1"
}
# prints TEXT COMMAND...: check that the command prints the text and ends with 0. Prints what differs.
prints() {
    text=$1
    shift
    said=$("$@" 2>&1 </dev/null)
    status=$?
    if [ "$status" != 0 ] || [ "$said" != "$text" ]; then echo "exit status $status, printed: $said"; fi
}
limits='-38: depth 16 16, recent 5, metrics 6'
listed='to proxy.example:3128
signature 0c995f4f05075299
run-7: running, 42%'
limited='-DOSFT_JSON_DEPTH=16 -DOSFT_PAGES_RECENT=5'

# use NAME FORM OPTIONS...: build the consumer in this form, and run its programs.
use() {
    form=$1 kind=$2
    shift 2
    check "$form: the consumer builds" built "$form" tests/packages/consumer -DFORM="$kind" \
        -DCMAKE_C_FLAGS='-Wall -Wextra -Werror' "$@"
    none "$form: its program has the limits of the library" prints "$limits" "$dir/$form/limits"
    none "$form: its program signs and lists over a proxy in memory" prints "$listed" "$dir/$form/memory"
    check "$form: osft::hosted lists tasks over TLS" sh -c "'$dir/$form/list' $port | grep -qx '20 tasks'"
    for target in posix mbedtls proxy; do
        check "$form: osft::$target runs by itself" "$dir/$form/$target"
    done
}

start --generate 25 --ca-out "$T/ca.pem"
export SSL_CERT_FILE="$T/ca.pem"
# shellcheck disable=SC2086 # a list of words
{
    check 'osft builds by itself, and is installed' install osft port/cmake $limited \
        -DCMAKE_INSTALL_PREFIX="$dir/installed" -DCMAKE_C_FLAGS='-Wall -Wextra -Wpedantic -Werror'
    use package package -DCMAKE_PREFIX_PATH="$dir/installed"
    use subdirectory subdirectory -DOSFT_SOURCE="$source" $limited
    use fetch fetch -DOSFT_SOURCE="$archive" $limited
}

# An installation by make is also a package, in this case with libraries in a folder for this machine's architecture.
make_install() {
    try env MAKEFLAGS='' make -s BUILD="$dir/make" CC=gcc CFLAGS=-O0 CPPFLAGS="$limited" SANITIZE= REPORTER_LIBRARIES= \
        DESTDIR="$dir/made" PREFIX=/usr LIBDIR="/usr/lib/$(gcc -print-multiarch)" install install-shared
}
check 'make installs a package' make_install
use made package -DCMAKE_PREFIX_PATH="$dir/made/usr"

# A package gives the program its limits. It refuses a program that has set other limits, or that asks for another
# version or for a part that the package does not have.
# refused TEXT PREFIX OPTIONS...: whether CMake refuses to configure the consumer, with this text.
refused() {
    text=$1 prefix=$2
    shift 2
    rm -rf "$dir/refused"
    ! cmake -S tests/packages/consumer -B "$dir/refused" -DFORM=package -DCMAKE_PREFIX_PATH="$prefix" "$@" \
        >"$dir/log" 2>&1 && tr -s '\n ' ' ' <"$dir/log" | grep -q "$text"
}
for prefix in installed made/usr; do
    check "$prefix: a program with another OSFT_JSON_DEPTH is refused by name" \
        refused 'built with OSFT_JSON_DEPTH 16, not' "$dir/$prefix" -DOSFT_JSON_DEPTH=20
    check "$prefix: a program that wants another minor version is refused" \
        refused 'compatible with requested version "0.1"' "$dir/$prefix" -DVERSION=0.1
    check "$prefix: a program that wants a part that is not there is told its name" \
        refused 'this osft was built without osft::unknown' "$dir/$prefix" -DPARTS=unknown
done
too_low() {
    configure low port/cmake -DOSFT_JSON_DEPTH=4 && ! cmake --build "$dir/low" --target osft_core >"$dir/log" 2>&1 &&
        grep -q 'json_depth_must_be_8_to_248' "$dir/log"
}
check 'a limit outside its bounds does not compile' too_low
# Variables that the program sets before add_subdirectory have an effect. This is also tested with the policies of CMake
# 3.16, to which CMP0126 does not belong.
mkdir "$dir/old"
tar -xf "$archive" -C "$dir/old"
sed -i 's/^\(cmake_minimum_required(VERSION 3\.16\).*/\1)/' "$dir/old/osft/port/cmake/CMakeLists.txt"
# build_with_variables NAME SOURCE: build a program that sets options as variables, with this source tree of osft.
build_with_variables() {
    try cmake -S tests/packages/consumer/variables -B "$dir/$1" -DOSFT_SOURCE="$2" -DJSMN="$dir/jsmn" && build "$1"
}
depths='-38: depth 12 12, recent 8, metrics 6'
set -- variables "$source" old-variables "$dir/old/osft"
while [ $# != 0 ]; do
    check "$1: a program that sets options as variables builds" build_with_variables "$1" "$2"
    none "$1: its program has the limits that it has set" prints "$depths" "$dir/$1/limits"
    check "$1: it builds a second time, when the cache is there" build_with_variables "$1" "$2"
    none "$1: its program still has these limits" prints "$depths" "$dir/$1/limits"
    shift 2
done
# A build writes no files into the source tree, which other programs may use, too.
check 'the source tree is as it was' sh -c "test -z \"\$(find port core -newer '$archive' -type f)\""

# --- the device ---
toolchain=$source/tests/packages/consumer/device/arm-none-eabi.cmake
# device FORM OPTIONS...: build the device's program in this form.
device() {
    form=$1
    shift
    built "device-$form" tests/packages/consumer/device -DFORM="$form" -DOSFT_SOURCE="$source" \
        -DCMAKE_TOOLCHAIN_FILE="$toolchain" -DMBEDTLS_SOURCE="$B/mbedtls3" -DLWIP_DIR="$B/lwip" "$@"
}
is_complete() {
    arm-none-eabi-nm "$dir/device-$1/device" >"$dir/symbols" &&
        ! grep -q ' U ' "$dir/symbols" && grep -q ' T osft_list_start$' "$dir/symbols" &&
        grep -q ' T osft_lwip_init$' "$dir/symbols" && grep -q ' T osft_proxy_init$' "$dir/symbols"
}
# emulate PROGRAM: run a program on a board with a Cortex-M3, for a limited time. The emulator prints what the program
# prints, and warnings of its own.
emulate() {
    # shellcheck disable=SC2046 # words
    timeout -k 5 "${OSFT_RUN_SECONDS:-600}" $(emulator mps2-an385) -kernel "$dir/$1" >"$dir/log" 2>&1
    status=$?
    tr -d '\r' <"$dir/log" | grep -v '^qemu-system-arm: warning: '
    return "$status"
}
# The package for the device is a static library, which needs only the headers of mbedTLS. CFLAGS adds to the flags of
# the toolchain file; CMAKE_C_FLAGS would replace them, and with them the processor.
# shellcheck disable=SC2086 # a list of words
device_package() {
    CFLAGS="-DMBEDTLS_CONFIG_FILE='\"osft_mbedtls_config.h\"' -I$B/mbedtls3/3rdparty/p256-m/p256-m" \
        install device port/cmake $limited -DCMAKE_TOOLCHAIN_FILE="$toolchain" \
        -DCMAKE_INSTALL_PREFIX="$dir/installed-device" -DOSFT_MBEDTLS_INCLUDE="$B/mbedtls3/include" \
        -DOSFT_LIB_mbedtls=mbedtls -DOSFT_LIB_mbedx509=mbedx509 -DOSFT_LIB_mbedcrypto=mbedcrypto
}
check 'device: the package is built and installed' device_package
for form in package subdirectory fetch; do
    limits_set=$limited
    [ "$form" != package ] || limits_set= # the package has its limits already
    # shellcheck disable=SC2086 # a list of words
    check "device: it links ($form)" device "$form" $limits_set -DOSFT_ARCHIVE="$archive" \
        -DCMAKE_PREFIX_PATH="$dir/installed-device" -DCMAKE_FIND_ROOT_PATH="$dir/installed-device"
    check "device: nothing is missing in it ($form)" is_complete "$form"
    none "device: a program has the limits of the library ($form)" prints "$limits" emulate "device-$form/limits"
    none "device: a program signs and lists as on this machine ($form)" prints "$listed" emulate "device-$form/memory"
done
# has_rsa FORM: whether the device's program has RSA, which the configuration for devices has.
has_rsa() {
    arm-none-eabi-nm "$dir/device-$1/device" >"$dir/symbols" && grep -q ' T osft_list_start$' "$dir/symbols" || return
    grep -q ' T mbedtls_rsa_public$' "$dir/symbols"
}
has_no_rsa() {
    # shellcheck disable=SC2086 # a list of words
    device subdirectory $limited -DCONFIG="$source/tests/packages/consumer/device/lean_config.h" &&
        is_complete subdirectory && ! has_rsa subdirectory
}
check 'device: its mbedTLS has the configuration for devices' has_rsa subdirectory
rm -rf "$dir/device-subdirectory"
check 'device: a configuration of its own, set as a variable, takes its place' has_no_rsa
finish
