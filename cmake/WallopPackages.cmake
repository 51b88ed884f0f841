# SPDX-License-Identifier: Apache-2.0
# Everything that comes from outside, each found once. ci/packages.txt says what each is for; ci/setup installs them.

# Debian's gnuplot-iostream is a header alone, and its libfiu has a pkg-config file of its own.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(pugixml REQUIRED)
find_package(Boost REQUIRED COMPONENTS context filesystem iostreams system)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(isal REQUIRED IMPORTED_TARGET libisal)
pkg_check_modules(lz4 REQUIRED IMPORTED_TARGET liblz4)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(fiu REQUIRED IMPORTED_TARGET libfiu)
if(WALLOP_TESTS)
  find_package(Catch2 2.13 REQUIRED)
endif()
if(WALLOP_BENCHES)
  find_package(benchmark REQUIRED)
  # Peers to measure beside the log, each left out where it is not there (bench/peers). LevelDB as an archive: only so
  # a checksum of our own can stand in for its own.
  pkg_check_modules(rocksdb IMPORTED_TARGET rocksdb)
  pkg_check_modules(sqlite3 IMPORTED_TARGET sqlite3)
  find_library(WALLOP_LEVELDB_ARCHIVE libleveldb.a)
  find_library(WALLOP_SNAPPY snappy)
endif()
