# Installs the build, then builds and runs the consumer against the installed tree: once through
# find_package, once through pkg-config.
#
#   cmake -D BUILD=... -D SOURCE=... -D WORK=... -D COMPILER=... -D FLAGS=... -P test.cmake

cmake_minimum_required(VERSION 3.25)

function(run)
    execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY OUTPUT_VARIABLE output)
    message(STATUS "${output}")
    set(output "${output}" PARENT_SCOPE)
endfunction()

function(expect_output where)
    string(FIND "${output}" "\"data\":{\"chat\":\"hello world\"" at)
    if(at EQUAL -1)
        message(FATAL_ERROR "${where} printed: ${output}")
    endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)

# Public headers are listed by hand: one that was forgotten is missing here.
foreach(layer bayeux services server)
    file(GLOB_RECURSE installed RELATIVE ${WORK}/prefix/include ${WORK}/prefix/include/*/${layer}/*.hpp)
    list(TRANSFORM installed REPLACE "^bayeux-[0-9.]+/" "")
    list(APPEND all_installed ${installed})
endforeach()
file(GLOB public RELATIVE ${SOURCE}
    ${SOURCE}/bayeux/*.hpp ${SOURCE}/bayeux/extensions/*.hpp ${SOURCE}/bayeux/testing/*.hpp
    ${SOURCE}/services/*.hpp)
foreach(header IN LISTS public)
    if(NOT header IN_LIST all_installed)
        message(SEND_ERROR "${header} is not installed: add it to the HEADERS of its folder")
    endif()
endforeach()
foreach(header IN LISTS all_installed)
    if(header MATCHES "/detail/")
        message(SEND_ERROR "${header} is private, but installed")
    endif()
endforeach()

# The example of the README is what the consumer compiles and runs.
file(READ ${SOURCE}/README.md readme)
string(REGEX MATCH "```cpp\n([^`]*)```" block "${readme}")
file(WRITE ${WORK}/readme/whispers.hpp "${CMAKE_MATCH_1}")
string(APPEND FLAGS " -I${WORK}/readme")

set(project ${SOURCE}/tests/consumer)
run(${CMAKE_COMMAND} -S ${project} -B ${WORK}/build -G Ninja -D CMAKE_PREFIX_PATH=${WORK}/prefix
    -D CMAKE_CXX_COMPILER=${COMPILER} -D CMAKE_CXX_FLAGS=${FLAGS})
run(${CMAKE_COMMAND} --build ${WORK}/build)
foreach(program consumer consumer_of_all)
    run(${WORK}/build/${program})
    expect_output("${program}, built through find_package,")
endforeach()

file(GLOB_RECURSE pkgconfig ${WORK}/prefix/bayeux.pc)
cmake_path(GET pkgconfig PARENT_PATH pkgconfig)
set(ENV{PKG_CONFIG_PATH} ${pkgconfig})
run(pkg-config --cflags --libs bayeux --define-variable=prefix=${WORK}/prefix)
separate_arguments(pkgconfig_flags UNIX_COMMAND ${output})
separate_arguments(FLAGS UNIX_COMMAND "${FLAGS}")
run(${COMPILER} -std=c++20 ${FLAGS} ${project}/main.cpp ${pkgconfig_flags} -o ${WORK}/by_pkgconfig)
run(${WORK}/by_pkgconfig)
expect_output("The program built through pkg-config")
