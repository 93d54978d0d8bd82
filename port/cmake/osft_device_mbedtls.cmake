# SPDX-License-Identifier: Apache-2.0
# osft_device_mbedtls(SOURCE HEADER...): build mbedTLS 3.6 from the source tree SOURCE for a device, with
# MBEDTLS_CONFIG_FILE, or else with osft_mbedtls_config.h. The folders HEADER hold the headers of osft's core and of
# its port to mbedTLS. OSFT_MBEDTLS_SOURCE makes osft_find_mbedtls.cmake call this function.
function(osft_device_mbedtls source)
    set(ENABLE_PROGRAMS OFF CACHE BOOL "build mbedTLS's programs")
    set(ENABLE_TESTING OFF CACHE BOOL "build mbedTLS's tests")
    find_file(OSFT_MBEDTLS_CONFIG osft_mbedtls_config.h PATHS ${ARGN} NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH
        DOC "mbedTLS's configuration for devices")
    # Up to CMake 3.20, set(... CACHE) removes a normal variable of the program (policy CMP0126), so it is set again.
    set(config "${OSFT_MBEDTLS_CONFIG}")
    if(MBEDTLS_CONFIG_FILE)
        set(config "${MBEDTLS_CONFIG_FILE}")
    endif()
    set(MBEDTLS_CONFIG_FILE "${OSFT_MBEDTLS_CONFIG}" CACHE FILEPATH "mbedTLS's configuration")
    set(MBEDTLS_CONFIG_FILE "${config}")
    add_subdirectory("${source}" osft_device_mbedtls EXCLUDE_FROM_ALL)
    # The port calls p256-m itself, not through PSA. mbedTLS's own CMake target of p256-m is empty without PSA's driver,
    # so p256-m is built here.
    add_library(osft_p256m STATIC EXCLUDE_FROM_ALL "${source}/3rdparty/p256-m/p256-m/p256-m.c")
    target_include_directories(osft_p256m PUBLIC "${source}/3rdparty/p256-m/p256-m")
    target_compile_definitions(osft_p256m PRIVATE MBEDTLS_PSA_P256M_DRIVER_ENABLED)
    target_link_libraries(osft_p256m PUBLIC mbedcrypto)
    foreach(library mbedtls mbedx509 mbedcrypto osft_p256m)
        target_include_directories(${library} PRIVATE ${ARGN})
    endforeach()
    # With this configuration, mbedTLS calls functions of the port, so the two need each other.
    target_link_libraries(mbedcrypto PUBLIC osft::mbedtls)
endfunction()
