# Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
# What `cmake --install` puts where: the library, its headers, the program, the CMake package and the pkg-config file.
include(CMakePackageConfigHelpers)

get_target_property(testmon_library_type testmon_xdist_coordination TYPE)
set(testmon_cmake_dir "${CMAKE_INSTALL_LIBDIR}/cmake/testmon")

install(TARGETS testmon_xdist_coordination EXPORT testmon_xdist_coordination)
install(DIRECTORY include/testmon TYPE INCLUDE FILES_MATCHING PATTERN "*.hpp")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
if(TESTMON_BUILD_COMMAND)
    install(TARGETS testmon_command)
endif()

# ---- The CMake package ----

# A static library hands its own needs on to whatever links it.
set(testmon_boost_components ${testmon_public_boost})
if(testmon_library_type STREQUAL "STATIC_LIBRARY")
    list(APPEND testmon_boost_components ${testmon_private_boost})
endif()
string(REPLACE ";" " " testmon_boost_components "${testmon_boost_components}")

install(EXPORT testmon_xdist_coordination NAMESPACE testmon:: DESTINATION "${testmon_cmake_dir}"
        FILE testmon_xdist_coordination_targets.cmake)
configure_package_config_file(cmake/testmonConfig.cmake.in "${PROJECT_BINARY_DIR}/testmonConfig.cmake"
                              INSTALL_DESTINATION "${testmon_cmake_dir}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/testmonConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/testmonConfig.cmake" "${PROJECT_BINARY_DIR}/testmonConfigVersion.cmake"
        DESTINATION "${testmon_cmake_dir}")

# ---- The pkg-config file ----

# A user who links an archive needs what the archive needs, and rarely thinks of `pkg-config --static`: so there it
# stands in Libs. `--static` adds what a wholly static program needs. Boost comes without pkg-config files.
set(testmon_pc_boost ${testmon_public_boost})
set(testmon_pc_private_boost ${testmon_private_boost} ${testmon_static_boost})
set(testmon_pc_threads "")
set(testmon_pc_private_threads "${CMAKE_THREAD_LIBS_INIT}")
if(testmon_library_type STREQUAL "STATIC_LIBRARY")
    list(APPEND testmon_pc_boost ${testmon_private_boost})
    set(testmon_pc_private_boost ${testmon_static_boost})
    set(testmon_pc_threads "${CMAKE_THREAD_LIBS_INIT}")
    set(testmon_pc_private_threads "")
endif()
list(TRANSFORM testmon_pc_boost PREPEND "-lboost_")
list(TRANSFORM testmon_pc_private_boost PREPEND "-lboost_")
list(JOIN testmon_pc_boost " " testmon_pc_libs)
list(JOIN testmon_pc_private_boost " " testmon_pc_private_libs)
string(STRIP "${testmon_pc_libs} ${testmon_pc_threads}" testmon_pc_libs)
string(STRIP "${testmon_pc_private_libs} ${testmon_pc_private_threads}" testmon_pc_private_libs)

# The prefix is told from the place of the file, so that an installed tree can be moved.
file(RELATIVE_PATH testmon_pc_prefix
     "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" testmon_pc_prefix "${testmon_pc_prefix}")
foreach(kind IN ITEMS LIBDIR INCLUDEDIR)
    if(IS_ABSOLUTE "${CMAKE_INSTALL_${kind}}")
        set(testmon_pc_${kind} "${CMAKE_INSTALL_${kind}}")
    else()
        set(testmon_pc_${kind} "\${prefix}/${CMAKE_INSTALL_${kind}}")
    endif()
endforeach()

configure_file(cmake/testmon_xdist_coordination.pc.in
               "${PROJECT_BINARY_DIR}/testmon_xdist_coordination.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/testmon_xdist_coordination.pc"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
