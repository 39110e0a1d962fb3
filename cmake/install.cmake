# Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
# What `cmake --install` puts where: the libraries that were built, their headers, the program, the CMake package and
# the pkg-config files.
include(CMakePackageConfigHelpers)

set(testmon_cmake_dir "${CMAKE_INSTALL_LIBDIR}/cmake/testmon")

install(FILES include/testmon/version.hpp DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/testmon")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")

# The worker is installed as source, and compiled as a part of the executables that link it. With it comes whatever
# runs them.
set(testmon_components ${testmon_layers})
if(TESTMON_BUILD_DATABASE)
    list(APPEND testmon_components boost_test_worker)
    file(GLOB testmon_worker_files CONFIGURE_DEPENDS src/boost_test_worker/*)
    list(FILTER testmon_worker_files EXCLUDE REGEX "/preload\\.cpp$")
    install(FILES ${testmon_worker_files} DESTINATION "${testmon_installed_worker}")
    install(TARGETS ${testmon_worker_libraries} LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
    install(TARGETS testmon_boost_test_worker EXPORT testmon_boost_test_worker)
    install(FILES cmake/testmon_add_test.cmake DESTINATION "${testmon_cmake_dir}")
    configure_file(cmake/testmon_worker_component.cmake.in "${PROJECT_BINARY_DIR}/testmon_boost_test_worker.cmake" @ONLY)
    install(FILES "${PROJECT_BINARY_DIR}/testmon_boost_test_worker.cmake" DESTINATION "${testmon_cmake_dir}")
    if(TESTMON_BUILD_COMMAND)
        install(TARGETS testmon_command EXPORT testmon_boost_test_worker)
    endif()
    install(EXPORT testmon_boost_test_worker NAMESPACE testmon:: DESTINATION "${testmon_cmake_dir}"
            FILE testmon_boost_test_worker_targets.cmake)
elseif(TESTMON_BUILD_COMMAND)
    install(TARGETS testmon_command)
endif()

configure_package_config_file(cmake/testmonConfig.cmake.in "${PROJECT_BINARY_DIR}/testmonConfig.cmake"
                              INSTALL_DESTINATION "${testmon_cmake_dir}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/testmonConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/testmonConfig.cmake" "${PROJECT_BINARY_DIR}/testmonConfigVersion.cmake"
        DESTINATION "${testmon_cmake_dir}")

# The prefix is told from the place of the pkg-config file, so that an installed tree can be moved.
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

# One library, as a component of the CMake package and with a pkg-config file.
function(testmon_install_library name)
    set(target testmon_${name})
    foreach(property IN ITEMS DESCRIPTION LAYERS PUBLIC_BOOST PRIVATE_BOOST STATIC_BOOST SQLITE)
        get_target_property(${property} ${target} TESTMON_${property})
    endforeach()
    get_target_property(type ${target} TYPE)
    set(is_static OFF)
    if(type STREQUAL "STATIC_LIBRARY")
        set(is_static ON)
    endif()

    # Headers of a library that is not built have no business in the installed tree.
    install(FILES include/testmon/${name}.hpp DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/testmon")
    install(DIRECTORY include/testmon/${name} DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/testmon"
            FILES_MATCHING PATTERN "*.hpp")
    install(TARGETS ${target} EXPORT ${target})
    install(EXPORT ${target} NAMESPACE testmon:: DESTINATION "${testmon_cmake_dir}" FILE ${target}_targets.cmake)

    set(boost ${PUBLIC_BOOST})
    set(private_boost ${PRIVATE_BOOST} ${STATIC_BOOST})
    if(is_static)
        # An archive hands its own needs on to whatever links it.
        list(APPEND boost ${PRIVATE_BOOST})
        set(private_boost ${STATIC_BOOST})
    endif()

    list(JOIN boost " " boost_components)
    list(JOIN LAYERS " " layers)
    set(find_sqlite "")
    if(is_static AND SQLITE)
        set(find_sqlite "if(NOT TARGET SQLiteCpp)\n    find_dependency(SQLiteCpp)\nendif()\n")
    endif()
    configure_file(cmake/testmon_component.cmake.in "${PROJECT_BINARY_DIR}/${target}.cmake" @ONLY)
    install(FILES "${PROJECT_BINARY_DIR}/${target}.cmake" DESTINATION "${testmon_cmake_dir}")

    # A user who links an archive needs what the archive needs, and rarely thinks of `pkg-config --static`: so there it
    # stands in Libs and Requires. `--static` adds what a wholly static program needs. Boost and SQLiteCpp come without
    # pkg-config files.
    list(TRANSFORM boost PREPEND "-lboost_" OUTPUT_VARIABLE libs)
    list(TRANSFORM private_boost PREPEND "-lboost_" OUTPUT_VARIABLE private_libs)
    list(TRANSFORM LAYERS PREPEND "testmon_" OUTPUT_VARIABLE requires)
    if(is_static)
        list(APPEND libs ${CMAKE_THREAD_LIBS_INIT})
        if(SQLITE)
            list(APPEND libs -lSQLiteCpp)
            list(APPEND requires sqlite3)
        endif()
    else()
        list(APPEND private_libs ${CMAKE_THREAD_LIBS_INIT})
        if(SQLITE)
            list(APPEND private_libs -lSQLiteCpp -lsqlite3)
        endif()
    endif()
    list(JOIN libs " " libs)
    list(JOIN private_libs " " private_libs)
    list(JOIN requires " " requires)
    configure_file(cmake/testmon.pc.in "${PROJECT_BINARY_DIR}/${target}.pc" @ONLY)
    install(FILES "${PROJECT_BINARY_DIR}/${target}.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endfunction()

foreach(layer IN LISTS testmon_layers)
    testmon_install_library(${layer})
endforeach()
