# SPDX-License-Identifier: Apache-2.0
# wallop_sim_peer: every measurement that it lists runs, and finds again what was synced (it fails where not); and
# `wallop bench sim` over one row.
cmake_minimum_required(VERSION 3.25)

include(${CMAKE_CURRENT_LIST_DIR}/../../cmake/ExpectCommand.cmake)

expect(2 "wallop pwrite" ${PEER})
string(REGEX MATCHALL "    [a-z]+ [a-z]+\n" measures "${said}${complained}")
list(LENGTH measures count)
if(count LESS 7)
  message(FATAL_ERROR "it lists only ${measures}")
endif()
foreach(measure IN LISTS measures)
  string(STRIP "${measure}" measure)
  separate_arguments(words UNIX_COMMAND "${measure}")
  expect(0 "\"per_second\":[1-9]" ${PEER} ${words} . --count 20 --milliseconds 20)
endforeach()
expect(2 "an option and its number" ${PEER} wallop states . --count few)

file(MAKE_DIRECTORY ${DIRECTORY})
expect(0 "floor: copy, tear, scan" ${WALLOP} bench sim --peers --rounds 1 --only state/10 --dir ${DIRECTORY})
file(REMOVE_RECURSE ${DIRECTORY})
