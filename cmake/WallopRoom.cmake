# SPDX-License-Identifier: Apache-2.0
# wallop_room(NAME SOURCES ... [TESTS ...] [LINKS ...] [TEST_LINKS ...])
#
# Makes the library wallop_NAME and, with TESTS, the Catch2 program wallop_NAME_tests and its one ctest entry. LINKS are
# PUBLIC: a room may include exactly what it links. Warnings and paths of this tree stay in it (BUILD_INTERFACE). A test filter that matches nothing must not pass, hence -w NoTests.

add_library(wallop_flags INTERFACE)
target_compile_features(wallop_flags INTERFACE cxx_std_23)
target_compile_options(wallop_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wimplicit-fallthrough -Wold-style-cast -fno-omit-frame-pointer
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # g++ 12 sees overlaps in "literal" + string that cannot be (GCC PR105651).
  $<$<BOOL:${CMAKE_UNITY_BUILD}>:-Wno-shadow>  # Of several files in one compilation each had its names to itself.
  $<$<BOOL:${WALLOP_WERROR}>:-Werror>)
target_include_directories(wallop_flags INTERFACE ${PROJECT_SOURCE_DIR})
if(WALLOP_SANITIZE)
  target_compile_options(wallop_flags INTERFACE -fsanitize=${WALLOP_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(wallop_flags INTERFACE -fsanitize=${WALLOP_SANITIZE})
  # Instrumentation makes g++ see values as unset that are set (GCC's manual, -Wmaybe-uninitialized).
  target_compile_options(wallop_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()

function(wallop_room_tests NAME)
  cmake_parse_arguments(ARG "" "" "TESTS;LINKS" ${ARGN})
  if(NOT WALLOP_TESTS OR NOT ARG_TESTS)
    return()
  endif()
  add_executable(wallop_${NAME}_tests ${ARG_TESTS})
  target_link_libraries(wallop_${NAME}_tests PRIVATE wallop_flags ${ARG_LINKS} Catch2::Catch2WithMain)
  target_compile_definitions(wallop_${NAME}_tests PRIVATE WALLOP_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  if(WALLOP_SANITIZE)
    target_compile_options(wallop_${NAME}_tests PRIVATE -O0)  # Half the time to compile; what is tested is hot, tests are not.
  endif()
  if(WALLOP_TESTS_IN_ONE_GO)
    set_target_properties(wallop_${NAME}_tests PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
    target_compile_options(wallop_${NAME}_tests PRIVATE -Wno-shadow)
  endif()
  add_test(NAME ${NAME} COMMAND wallop_${NAME}_tests -w NoTests)
endfunction()

function(wallop_room NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;TESTS;LINKS;PRIVATE_LINKS;TEST_LINKS" ${ARGN})
  add_library(wallop_${NAME} STATIC ${ARG_SOURCES})
  add_library(wallop::${NAME} ALIAS wallop_${NAME})  # As users of the installed package call it.
  target_link_libraries(wallop_${NAME} PUBLIC $<BUILD_INTERFACE:wallop_flags> ${ARG_LINKS} PRIVATE ${ARG_PRIVATE_LINKS})
  wallop_room_tests(${NAME} TESTS ${ARG_TESTS} LINKS wallop_${NAME} ${ARG_TEST_LINKS})
endfunction()
