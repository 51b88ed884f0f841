# SPDX-License-Identifier: Apache-2.0
# For tests that are CMake scripts: a command with its exit code and what it says.

# Runs COMMAND, which must end CODE and say what matches PATTERN. Leaves its standard output in `said` and its
# standard error in `complained`.
function(expect CODE PATTERN)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE code)
  if(NOT code EQUAL CODE OR NOT "${output}${errors}" MATCHES "${PATTERN}")
    message(FATAL_ERROR "${ARGN}: ended ${code}, and said\n${output}${errors}not ${PATTERN}")
  endif()
  set(said "${output}" PARENT_SCOPE)
  set(complained "${errors}" PARENT_SCOPE)
endfunction()
