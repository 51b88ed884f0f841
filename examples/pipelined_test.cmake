# SPDX-License-Identifier: Apache-2.0
# pipelined makes 2,000 records durable by far fewer syncs, and says what the log measured.
file(REMOVE_RECURSE ${DIRECTORY})
execute_process(COMMAND ${PIPELINED} ${DIRECTORY} OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE code)
file(REMOVE_RECURSE ${DIRECTORY})
foreach(pattern "# 2000 records durable by [1-9][0-9]?[0-9]? syncs" "\nwal_append_total 2000\n"
                "\nwal_append_duration_seconds_count 2000\n" "\nwal_fsync_duration_seconds_count [1-9]" "\nwal_active_segment_bytes [1-9]")
  if(NOT code EQUAL 0 OR NOT output MATCHES "${pattern}")
    message(FATAL_ERROR "pipelined ended ${code}, and said\n${output}${errors}not ${pattern}")
  endif()
endforeach()
