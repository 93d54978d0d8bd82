# SPDX-License-Identifier: Apache-2.0
# Replacements of the functions of Zephyr that port/zephyr/CMakeLists.txt calls. osft_users stands for the library
# "zephyr_interface", whose settings all code of a build has.
add_library(osft_users INTERFACE)
add_library(mbedTLS INTERFACE)
target_link_libraries(mbedTLS INTERFACE mbedtls_headers)

function(zephyr_include_directories)
    target_include_directories(osft_users INTERFACE ${ARGV})
endfunction()
function(zephyr_compile_definitions)
    target_compile_definitions(osft_users INTERFACE ${ARGV})
endfunction()
function(zephyr_library_named name)
    set_property(GLOBAL PROPERTY LIBRARY ${name})
    add_library(${name} STATIC)
    target_link_libraries(${name} PUBLIC osft_users)
    # Warnings like those that Zephyr turns on, as errors. They were not compared with any version of Zephyr.
    target_compile_options(${name} PRIVATE -std=c17 -fno-strict-aliasing -Wall -Wformat -Wformat-security
        -Wno-format-zero-length -Wdouble-promotion -Wno-pointer-sign -Wpointer-arith -Wexpansion-to-defined
        -Wno-unused-but-set-variable -Wextra -Wno-unused-parameter -Wno-missing-field-initializers -Werror)
endfunction()
function(zephyr_library_sources)
    get_property(library GLOBAL PROPERTY LIBRARY)
    target_sources(${library} PRIVATE ${ARGV})
endfunction()
function(zephyr_library_include_directories)
    get_property(library GLOBAL PROPERTY LIBRARY)
    target_include_directories(${library} PRIVATE ${ARGV})
endfunction()
function(zephyr_library_link_libraries)
    get_property(library GLOBAL PROPERTY LIBRARY)
    target_link_libraries(${library} PUBLIC ${ARGV})
endfunction()

# Zephyr finds the folder of the CMake file in module.yml.
add_subdirectory("${TREE}/${MODULE_CMAKE}" module)
