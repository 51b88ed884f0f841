# SPDX-License-Identifier: Apache-2.0
# The installed package, as a user meets it: in a prefix of its own, without this source tree in any path.
#
#   1. every installed header compiles alone, and none names libfiu
#   2. no installed library asks for a symbol of libfiu
#   3. examples/ builds by find_package(wallop), and runs; with the harness, where it is built, my_wallop too, which has an
#      engine and a kind of fault of its own
#   4. the same program builds by pkg-config, and runs
#   5. the installed command, where it is built, finds the library that `wallop fiu` preloads

cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE code)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${ARGN}: ended ${code}, and said\n${output}${errors}")
  endif()
  set(said "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
set(prefix ${SCRATCH}/prefix)
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix} --component development)

file(GLOB_RECURSE headers RELATIVE ${prefix}/include/wallop ${prefix}/include/wallop/*.h)
if(NOT "wal/wal.h" IN_LIST headers OR NOT "io/posix_world.h" IN_LIST headers)
  message(FATAL_ERROR "the entrances are not among the installed headers: ${headers}")
endif()
foreach(header IN LISTS headers)
  run(${COMPILER} -std=c++23 -fsyntax-only -Wall -Wextra -Werror -I ${prefix}/include/wallop -include ${header} -x c++
    /dev/null)
  file(STRINGS ${prefix}/include/wallop/${header} fiu REGEX "include.*fiu")
  if(fiu)
    message(FATAL_ERROR "${header}: ${fiu}")
  endif()
endforeach()

file(GLOB libraries ${prefix}/${LIBDIR}/libwallop_*.a)
list(LENGTH libraries count)
if(NOT count EQUAL 3)
  message(FATAL_ERROR "three libraries make the log, and these are installed: ${libraries}")
endif()
foreach(library IN LISTS libraries)
  run(${NM} ${library})
  if(said MATCHES "fiu_[a-z]+")
    message(FATAL_ERROR "${library} names ${CMAKE_MATCH_0}")
  endif()
endforeach()

# The harness is beside the log: with it the example builds that has an engine and a fault of its own.
if(EXISTS ${BUILD}/wallop)
  run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix} --component harness)
  run(${COMPILER} -std=c++23 -fsyntax-only -Wall -Wextra -Werror -I ${prefix}/include/wallop -include cli/wallop_main.h -x c++
    /dev/null)
endif()

# A copy: nothing of the tree around it may be reached.
file(COPY ${SOURCE}/examples DESTINATION ${SCRATCH})
run(${CMAKE_COMMAND} -S ${SCRATCH}/examples -B ${SCRATCH}/build -G ${GENERATOR} -DCMAKE_CXX_COMPILER=${COMPILER}
  -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_BUILD_TYPE=Release)
run(${CMAKE_COMMAND} --build ${SCRATCH}/build)
run(${SCRATCH}/build/quick_start ${SCRATCH}/log)
if(NOT said MATCHES "durable up to LSN 10000\n")
  message(FATAL_ERROR "the example says\n${said}")
endif()

if(EXISTS ${BUILD}/wallop)
  run(${CMAKE_COMMAND} -DMY_WALLOP=${SCRATCH}/build/my_wallop -DFOLDER=${SCRATCH}/examples/harness
    -P ${SCRATCH}/examples/harness_test.cmake)
endif()

set(ENV{PKG_CONFIG_PATH} ${prefix}/${LIBDIR}/pkgconfig)
run(${PKG_CONFIG} --cflags --libs wallop)
separate_arguments(flags UNIX_COMMAND "${said}")
run(${COMPILER} -std=c++23 ${SCRATCH}/examples/quick_start.cc -o ${SCRATCH}/by_pkg_config ${flags})
run(${SCRATCH}/by_pkg_config ${SCRATCH}/log)
if(NOT said MATCHES "10000 records were there\n")
  message(FATAL_ERROR "the example built by pkg-config says\n${said}")
endif()
# The command finds what it preloads where the installation puts it.
if(EXISTS ${BUILD}/wallop)
  run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix} --component command)
  file(WRITE ${SCRATCH}/plan.json [[{"faults": [{"kind": "io_error", "when": {"op": "open", "nth": 1, "per": "device"}}]}]])
  execute_process(COMMAND ${prefix}/bin/wallop fiu ${SCRATCH}/plan.json --exec -- cat ${SCRATCH}/plan.json
    ERROR_VARIABLE errors RESULT_VARIABLE code)
  if(NOT code EQUAL 1 OR NOT errors MATCHES "posix/io/oc/open   call 1   EIO")
    message(FATAL_ERROR "the installed wallop fiu ended ${code}, and said\n${errors}")
  endif()
endif()
list(LENGTH headers count)
file(REMOVE_RECURSE ${SCRATCH})
message("${count} headers alone; examples by find_package and by pkg-config")
