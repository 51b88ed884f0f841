# SPDX-License-Identifier: Apache-2.0
# cmake -DNM=nm -DPLAIN=libwallop_wal.a -DPOINTED=libwallop_wal_pointed.a -P no_points_test.cmake
#
# The plain library has no failure point: no symbol of libfiu is asked for in it. The pointed one is the counter-proof:
# a search that found nothing there would find nothing anywhere.

function(count_fiu_symbols LIBRARY COUNT)
  execute_process(COMMAND ${NM} --undefined-only ${LIBRARY} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL " U fiu_[a-z_]+" found "${symbols}")
  list(LENGTH found count)
  set(${COUNT} ${count} PARENT_SCOPE)
endfunction()

count_fiu_symbols(${PLAIN} in_plain)
count_fiu_symbols(${POINTED} in_pointed)
if(NOT in_plain EQUAL 0)
  message(FATAL_ERROR "the plain log asks for ${in_plain} symbols of libfiu")
endif()
if(in_pointed EQUAL 0)
  message(FATAL_ERROR "the pointed log asks for no symbol of libfiu: this test sees nothing")
endif()
message("plain: no symbol of libfiu; pointed: ${in_pointed}")
