# SPDX-License-Identifier: Apache-2.0
# The targets of an installation by make install. All ports are in libosft.a, with the core; osftConfig.cmake sets
# osft_prefix, and osft_headers.
if(NOT TARGET osft::core)
    get_filename_component(osft_libraries "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
    add_library(osft::core STATIC IMPORTED)
    set_target_properties(osft::core PROPERTIES IMPORTED_LOCATION "${osft_libraries}/libosft-core.a"
        INTERFACE_INCLUDE_DIRECTORIES "${osft_headers}")
    foreach(osft_part null proxy posix mbedtls hosted)
        add_library(osft::${osft_part} STATIC IMPORTED)
        set_target_properties(osft::${osft_part} PROPERTIES IMPORTED_LOCATION "${osft_libraries}/libosft.a"
            INTERFACE_LINK_LIBRARIES osft::core)
    endforeach()
    foreach(osft_part mbedtls hosted)
        set_property(TARGET osft::${osft_part} APPEND PROPERTY INTERFACE_LINK_LIBRARIES osft::mbedtls_itself)
    endforeach()
    file(GLOB osft_lwip_sources "${osft_prefix}/share/osft/lwip/*.c")
    add_library(osft::lwip INTERFACE IMPORTED)
    set_target_properties(osft::lwip PROPERTIES INTERFACE_SOURCES "${osft_lwip_sources}"
        INTERFACE_LINK_LIBRARIES osft::core INTERFACE_INCLUDE_DIRECTORIES "${osft_prefix}/share/osft/lwip")
endif()
