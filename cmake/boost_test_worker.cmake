# Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
# What makes a Boost.Test executable a worker of `testmon run`.
#
#   testmon::boost_test_worker   to link: its sources become a part of the executable, compiled as the rest of it is, with
#                                whichever Boost.Test that uses (header-only, static or shared)
#   libtestmon_boost_test_worker.so             to preload into an executable that is not to be touched
#   libtestmon_boost_test_worker-<version>.so   what that loads if the executable has Boost.Test <version> as a shared
#                                               library; it lies beside the former

file(GLOB testmon_worker_sources CONFIGURE_DEPENDS src/boost_test_worker/*.cpp)
list(FILTER testmon_worker_sources EXCLUDE REGEX "/preload\\.cpp$")

add_library(testmon_boost_test_worker INTERFACE)
add_library(testmon::boost_test_worker ALIAS testmon_boost_test_worker)
set_target_properties(testmon_boost_test_worker PROPERTIES EXPORT_NAME boost_test_worker)
target_compile_features(testmon_boost_test_worker INTERFACE cxx_std_17)
set(testmon_installed_worker "${CMAKE_INSTALL_DATADIR}/testmon/boost_test_worker")
foreach(source IN LISTS testmon_worker_sources)
    get_filename_component(name ${source} NAME)
    target_sources(testmon_boost_test_worker INTERFACE
        $<BUILD_INTERFACE:${source}> $<INSTALL_INTERFACE:$<INSTALL_PREFIX>/${testmon_installed_worker}/${name}>)
endforeach()

# The library to preload comes into any process: it depends on nothing, and no sanitizer may want to come first.
add_library(testmon_boost_test_preload SHARED src/boost_test_worker/preload.cpp src/boost_test_worker/channel.cpp)
testmon_own_target(testmon_boost_test_preload)
target_compile_features(testmon_boost_test_preload PRIVATE cxx_std_17)
target_link_libraries(testmon_boost_test_preload PRIVATE ${CMAKE_DL_LIBS} Threads::Threads)
set_target_properties(testmon_boost_test_preload PROPERTIES OUTPUT_NAME testmon_boost_test_worker)
set(testmon_worker_libraries testmon_boost_test_preload)

find_package(Boost 1.81 REQUIRED COMPONENTS unit_test_framework)
get_target_property(testmon_framework_type Boost::unit_test_framework TYPE)
if(NOT testmon_framework_type STREQUAL "STATIC_LIBRARY")
    add_library(testmon_boost_test_worker_module MODULE ${testmon_worker_sources})
    testmon_own_target(testmon_boost_test_worker_module)
    target_compile_features(testmon_boost_test_worker_module PRIVATE cxx_std_17)
    target_compile_definitions(testmon_boost_test_worker_module PRIVATE TESTMON_WORKER_IS_PRELOADED)
    target_link_libraries(testmon_boost_test_worker_module PRIVATE Boost::unit_test_framework Threads::Threads)
    set_target_properties(testmon_boost_test_worker_module PROPERTIES
        OUTPUT_NAME testmon_boost_test_worker-${Boost_VERSION_STRING})
    list(APPEND testmon_worker_libraries testmon_boost_test_worker_module)
endif()
foreach(target IN LISTS testmon_worker_libraries)
    target_compile_options(${target} PRIVATE -fno-sanitize=all)
    target_link_options(${target} PRIVATE -fno-sanitize=all)
    set_target_properties(${target} PROPERTIES LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
endforeach()
