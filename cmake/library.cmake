# Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
# The layers of testmon: each is one library, with its own headers, CMake component and pkg-config file.

set(testmon_layers "")    # their names, each after those that it needs
set(testmon_libraries "") # their targets, in the same order

# testmon_library(<name> DESCRIPTION <text> [LAYERS <name>...] [PUBLIC_BOOST <library>...] [PRIVATE_BOOST <library>...]
#                 [STATIC_BOOST <library>...] [SQLITE])
#
# Adds the library testmon::<name> from src/<name>/*.cpp. From this one call the link line, the CMake package and the
# pkg-config file are made. LAYERS and PUBLIC_BOOST are what the public headers need, PRIVATE_BOOST is what only the
# library's own code needs, STATIC_BOOST is what those two need when they are archives. SQLITE: its own code needs
# SQLite.
function(testmon_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "SQLITE" "DESCRIPTION" "LAYERS;PUBLIC_BOOST;PRIVATE_BOOST;STATIC_BOOST")
    set(target testmon_${name})
    find_package(Boost 1.81 REQUIRED COMPONENTS ${arg_PUBLIC_BOOST} ${arg_PRIVATE_BOOST})

    file(GLOB sources CONFIGURE_DEPENDS src/${name}/*.cpp)
    add_library(${target} ${sources})
    add_library(testmon::${name} ALIAS ${target})
    testmon_own_target(${target})
    target_compile_features(${target} PUBLIC cxx_std_17)
    target_include_directories(${target} PUBLIC
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    list(TRANSFORM arg_LAYERS PREPEND testmon:: OUTPUT_VARIABLE layers)
    list(TRANSFORM arg_PUBLIC_BOOST PREPEND Boost:: OUTPUT_VARIABLE public_boost)
    list(TRANSFORM arg_PRIVATE_BOOST PREPEND Boost:: OUTPUT_VARIABLE private_boost)
    target_link_libraries(${target}
        PUBLIC ${layers} Boost::headers ${public_boost} Threads::Threads
        PRIVATE ${private_boost})
    if(arg_SQLITE)
        target_link_libraries(${target} PRIVATE SQLiteCpp)
        # SQLiteCpp is an archive as a rule. In a shared library it is nobody else's business: a program may have
        # another version of it.
        target_link_options(${target} PRIVATE LINKER:--exclude-libs,libSQLiteCpp.a)
    endif()
    # While the major version is 0, a minor version may change the binary interface.
    set_target_properties(${target} PROPERTIES
        EXPORT_NAME ${name}
        POSITION_INDEPENDENT_CODE ON
        INSTALL_RPATH "$ORIGIN" # a shared library finds those it needs beside itself
        VERSION ${PROJECT_VERSION}
        SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})

    # For install.cmake.
    foreach(property IN ITEMS DESCRIPTION LAYERS PUBLIC_BOOST PRIVATE_BOOST STATIC_BOOST SQLITE)
        set_target_properties(${target} PROPERTIES TESTMON_${property} "${arg_${property}}")
    endforeach()
    set(testmon_layers ${testmon_layers} ${name} PARENT_SCOPE)
    set(testmon_libraries ${testmon_libraries} testmon::${name} PARENT_SCOPE)
endfunction()
