#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes the CMake package of an installation by make install: the same osftConfig.cmake as that of an installation by
# CMake, with other targets. The package finds the headers by relative paths when LIBDIR is in PREFIX.
# usage: sh port/cmake/make/install.sh FOLDER PREFIX LIBDIR VERSION OSFT_CONFIG_H    (from the project's root)
set -eu
dir=$1 prefix=$2 libdir=$3 version=$4 limits=$5

case $libdir in
"$prefix"/*) to_prefix="\${osft_prefix}/$(echo "${libdir#"$prefix"/}/cmake/osft" | sed 's|[^/][^/]*|..|g')" ;;
*) to_prefix=$prefix ;;
esac
install -d "$dir"
install -m 644 port/cmake/osft_find_mbedtls.cmake port/cmake/osft_device_mbedtls.cmake \
    port/cmake/make/osftTargets.cmake "$dir"
awk -v to_prefix="$to_prefix" '
    FNR == NR {
        if (/^#define OSFT_[A-Z_]+ [0-9]+$/) limits = limits "osft_limit(" $2 " " $3 ")\n"
        next
    }
    /@PACKAGE_INIT@/ {
        print "get_filename_component(osft_prefix \"${CMAKE_CURRENT_LIST_DIR}\" REALPATH)"
        print "get_filename_component(osft_prefix \"" to_prefix "\" ABSOLUTE)"
        next
    }
    /@OSFT_LIMITS_TEXT@/ { printf "%s", limits; next }
    { sub(/@PACKAGE_CMAKE_INSTALL_INCLUDEDIR@/, "${osft_prefix}/include"); sub(/@OSFT_MBEDTLS@/, "ON"); print }
' "$limits" port/cmake/osftConfig.cmake.in >"$dir/osftConfig.cmake"
sed "s/@OSFT_VERSION@/$version/" port/cmake/make/osftConfigVersion.cmake.in >"$dir/osftConfigVersion.cmake"
chmod 644 "$dir/osftConfig.cmake" "$dir/osftConfigVersion.cmake"
