# Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
# What `testmon run` is made of. It has no public headers, so it is not installed.

find_package(pugixml)
if(NOT pugixml_FOUND)
    message(FATAL_ERROR "testmon's runner needs pugixml (on Debian and Ubuntu: libpugixml-dev). "
                        "With TESTMON_BUILD_DATABASE=OFF testmon does without.")
endif()

file(GLOB testmon_runner_sources CONFIGURE_DEPENDS src/runner/*.cpp)
add_library(testmon_runner STATIC ${testmon_runner_sources})
testmon_own_target(testmon_runner)
target_compile_features(testmon_runner PUBLIC cxx_std_17)
target_include_directories(testmon_runner PRIVATE "${PROJECT_SOURCE_DIR}/src")
target_link_libraries(testmon_runner PUBLIC testmon::precreation pugixml::pugixml)
# GCC's ThreadSanitizer does not know the fences of Boost.Asio, and says so; the runner has one thread.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_FLAGS MATCHES "-fsanitize=thread")
    target_compile_options(testmon_runner PRIVATE -Wno-tsan)
endif()
# The library to preload lies beside the program that was built, or where both are installed.
file(RELATIVE_PATH testmon_program_to_library "${CMAKE_INSTALL_FULL_BINDIR}" "${CMAKE_INSTALL_FULL_LIBDIR}")
target_compile_definitions(testmon_runner PRIVATE TESTMON_PROGRAM_TO_LIBRARY="${testmon_program_to_library}")
