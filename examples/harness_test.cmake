# SPDX-License-Identifier: Apache-2.0
# A command of one's own knows its engine and its fault in all that it does, and still those of Wallop.
#
# Reads MY_WALLOP and FOLDER, where slow-names.json is.

# Runs COMMAND, which must end CODE and say what matches PATTERN.
function(expect CODE PATTERN)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE code)
  if(NOT code EQUAL CODE OR NOT "${output}${errors}" MATCHES "${PATTERN}")
    message(FATAL_ERROR "${ARGN}: ended ${code}, and said\n${output}${errors}not ${PATTERN}")
  endif()
endfunction()

expect(0 "slow_name 1 fired [0-9]+ times" ${MY_WALLOP} run ${FOLDER}/slow-names.json -v)
expect(0 "1 scenario, no error" ${MY_WALLOP} validate ${FOLDER}/slow-names.json)
expect(0 "key by +.required; duration. How much longer" ${MY_WALLOP} explain slow_name)
expect(0 "engine: a text file with a checksum on each line" ${MY_WALLOP} explain line_log)
expect(0 "reference_wal" ${MY_WALLOP} explain engines)
expect(0 "slow_name" ${MY_WALLOP} schema scenario)
expect(2 "did you mean \"slow_name\"" ${MY_WALLOP} explain slow_nam)
file(READ ${FOLDER}/slow-names.json text)
string(REPLACE "\"line_log\"" "\"line_lok\"" text "${text}")
file(WRITE ${FOLDER}/misspelt.json "${text}")
expect(2 "did you mean \"line_log\"" ${MY_WALLOP} validate ${FOLDER}/misspelt.json)
file(REMOVE ${FOLDER}/misspelt.json)
