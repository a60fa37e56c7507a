# Builds a Boost.Test executable and registers it with CTest. The sources hold test cases only;
# main() comes from support/, the engine in virtual time from bayeux/testing/.
#
#   bayeux_test(name sources... [LABELS unit|server|threads...] [LIBRARIES targets...])
#
# Without LABELS it is a `unit` test, without LIBRARIES it links the engine. The fuzz preset builds no
# tests.

add_library(bayeux_test_support STATIC EXCLUDE_FROM_ALL support/main.cpp)
target_compile_definitions(bayeux_test_support PUBLIC BOOST_TEST_DYN_LINK)
target_link_libraries(bayeux_test_support PUBLIC bayeux::testing Boost::unit_test_framework)

# What the tsan preset builds: the tests labelled `threads`.
add_custom_target(thread_tests)

function(bayeux_test name)
    if(BAYEUX_FUZZ)
        return()
    endif()
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LABELS;LIBRARIES")
    if(NOT arg_LABELS)
        set(arg_LABELS unit)
    endif()
    add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
    target_link_libraries(${name} PRIVATE bayeux_test_support ${arg_LIBRARIES})
    add_test(NAME ${name} COMMAND ${name} --color_output=no)
    set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 120)
    if("threads" IN_LIST arg_LABELS)
        add_dependencies(thread_tests ${name})
    endif()
endfunction()
