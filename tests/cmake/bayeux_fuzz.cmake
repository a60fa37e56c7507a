# Builds a fuzz target: a source that defines LLVMFuzzerTestOneInput.
#
#   bayeux_fuzz(name source [LIBRARIES targets...])
#
# With BAYEUX_FUZZ it is a libFuzzer program, and its CTest fuzzes for BAYEUX_FUZZ_SECONDS. Without,
# any compiler builds it, and its CTest replays the corpus: every input that is kept in
# fuzz/corpus/<name>/ is a regression test.

set(BAYEUX_FUZZ_SECONDS 60 CACHE STRING "How long CTest runs each fuzz target")

function(bayeux_fuzz name source)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "LIBRARIES")
    set(corpus ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
    if(NOT IS_DIRECTORY ${corpus})
        message(FATAL_ERROR "${name}: no corpus in ${corpus}")
    endif()
    add_executable(${name} ${source})
    target_link_libraries(${name} PRIVATE bayeux::bayeux ${arg_LIBRARIES})
    if(BAYEUX_FUZZ)
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
        set(found ${PROJECT_BINARY_DIR}/corpus/${name}) # what libFuzzer adds to the kept inputs
        file(MAKE_DIRECTORY ${found})
        add_test(NAME ${name}
            COMMAND ${name} -max_total_time=${BAYEUX_FUZZ_SECONDS} -timeout=10 -print_final_stats=1
                ${found} ${corpus})
    else()
        target_sources(${name} PRIVATE fuzz/replay.cpp)
        add_test(NAME ${name} COMMAND ${name} ${corpus})
    endif()
    set_tests_properties(${name} PROPERTIES LABELS fuzz-smoke TIMEOUT 120)
endfunction()
