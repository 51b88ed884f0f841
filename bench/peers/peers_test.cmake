# SPDX-License-Identifier: Apache-2.0
# wallop_peer: every engine of this build under every promise that it knows, read back; the peers' checksum; and the
# whole of `wallop bench --peers` over two short rows.

cmake_minimum_required(VERSION 3.25)

include(${CMAKE_CURRENT_LIST_DIR}/../../cmake/ExpectCommand.cmake)

function(fresh)
  file(REMOVE_RECURSE ${DIRECTORY}/one)
  file(MAKE_DIRECTORY ${DIRECTORY}/one)
endfunction()

file(REMOVE_RECURSE ${DIRECTORY})
file(MAKE_DIRECTORY ${DIRECTORY})
expect(0 "\"wallop\"" ${PEER} list)
set(listed "${said}")
foreach(engine wallop naive naive-zeroed rocksdb rocksdb-log leveldb sqlite)
  if(NOT listed MATCHES "{\"name\":\"${engine}\",\"about\"")
    continue()  # Not in this build; the list names its package.
  endif()
  set(promises 2 3)
  if(NOT engine MATCHES "leveldb|sqlite")
    set(promises 0 1 2 3)
  endif()
  foreach(promise IN LISTS promises)
    fresh()
    expect(0 "\"per_second\":[1-9]" ${PEER} ${engine} append ${DIRECTORY}/one --promise ${promise} --writers 2
      --total-bytes 1000000 --milliseconds 50)
  endforeach()
  if(engine MATCHES "rocksdb|leveldb")
    expect(0 "\"peer_crc32c\":true" ${PEER} ${engine} append ${DIRECTORY}/one --promise 2 --total-bytes 1000)
  endif()
endforeach()

# What is filled is found again: the program itself counts, and fails where a record is missing.
foreach(engine wallop naive rocksdb)
  if(listed MATCHES "{\"name\":\"${engine}\",\"about\"")
    fresh()
    expect(0 "\"records\":1000" ${PEER} ${engine} fill ${DIRECTORY}/one --record-bytes 1000 --total-bytes 1000000)
    expect(0 "\"records\":1000" ${PEER} ${engine} scan ${DIRECTORY}/one --record-bytes 1000 --total-bytes 1000000)
    expect(0 "\"records\":1000" ${PEER} ${engine} recovery ${DIRECTORY}/one --record-bytes 1000 --total-bytes 1000000)
    expect(1 "not every record" ${PEER} ${engine} scan ${DIRECTORY}/one --record-bytes 1000 --total-bytes 2000000)
  endif()
endforeach()

expect(2 "no engine \"etcd\"" ${PEER} etcd append ${DIRECTORY}/one)
expect(2 "an option and its number" ${PEER} wallop append ${DIRECTORY}/one --writers many)

expect(0 "device: write" ${WALLOP} bench --peers --rounds 2 --only sync/4K,allocations/always
  --dir ${DIRECTORY} --write ${DIRECTORY}/tables.md)
file(READ ${DIRECTORY}/tables.md tables)
if(NOT tables MATCHES "sync over 4 KiB .* wallop .*device: write")
  message(FATAL_ERROR "the tables lack a row:\n${tables}")
endif()
file(GLOB left ${DIRECTORY}/wallop-bench-*)
if(left)
  message(FATAL_ERROR "left behind: ${left}")
endif()
file(REMOVE_RECURSE ${DIRECTORY})
