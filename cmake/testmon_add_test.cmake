# Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.

# testmon_add_test(<target> [NAME <name>] [WORKERS <n>] [OPTIONS <option>...] [ARGUMENTS <argument>...])
#
# Registers one test of CTest that runs the Boost.Test executable <target> with `testmon run`: in parallel inside. NAME:
# the name of the target unless given. WORKERS: as of `testmon run -n`, "auto" unless given; CTest knows by it how many
# other tests may run at that time. OPTIONS: further ones of `testmon run`. ARGUMENTS: of the executable.
function(testmon_add_test target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "NAME;WORKERS" "OPTIONS;ARGUMENTS")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "testmon_add_test: unknown arguments: ${arg_UNPARSED_ARGUMENTS}; allowed are NAME, WORKERS, "
                            "OPTIONS, ARGUMENTS")
    endif()
    if(NOT TARGET ${target})
        message(FATAL_ERROR "testmon_add_test: \"${target}\" is no target")
    endif()
    if(NOT arg_NAME)
        set(arg_NAME ${target})
    endif()
    if(NOT arg_WORKERS)
        set(arg_WORKERS auto)
    endif()
    set(processors ${arg_WORKERS})
    if(arg_WORKERS STREQUAL "auto")
        cmake_host_system_information(RESULT processors QUERY NUMBER_OF_PHYSICAL_CORES)
    elseif(arg_WORKERS STREQUAL "logical")
        cmake_host_system_information(RESULT processors QUERY NUMBER_OF_LOGICAL_CORES)
    endif()
    add_test(NAME ${arg_NAME}
             COMMAND testmon::testmon run --workers ${arg_WORKERS} --progress plain ${arg_OPTIONS}
                     -- $<TARGET_FILE:${target}> ${arg_ARGUMENTS})
    set_tests_properties(${arg_NAME} PROPERTIES PROCESSORS ${processors})
endfunction()
