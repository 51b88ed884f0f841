# SPDX-License-Identifier: Apache-2.0
# quick_start leaves a log of 10,000 records that was closed cleanly; a second run adds 10,000.

# Runs COMMAND, which must end 0 and print what matches PATTERN.
function(expect PATTERN)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE code)
  if(NOT code EQUAL 0 OR NOT output MATCHES "${PATTERN}")
    message(FATAL_ERROR "${ARGN}: ended ${code}, and said\n${output}${errors}not ${PATTERN}")
  endif()
endfunction()

file(REMOVE_RECURSE ${DIRECTORY})
expect("durable up to LSN 10000\n" ${QUICK_START} ${DIRECTORY})
expect("SOUND .* 10,000 records, LSN 1..10000, durable proven up to LSN 10000\n" ${WALLOP} wal verify ${DIRECTORY})
expect("\"tail\": \"clean\"" ${WALLOP} wal stat ${DIRECTORY} --format json)
expect("10000 records were there\n" ${QUICK_START} ${DIRECTORY})
expect("SOUND .* 20,000 records, LSN 1..20000" ${WALLOP} wal verify ${DIRECTORY})
file(REMOVE_RECURSE ${DIRECTORY})
