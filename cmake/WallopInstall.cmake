# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where, for those who link the log: find_package(wallop) and wallop::wal, or pkg-config.
#
#   lib/libwallop_{wal,io,base}.a    the plain build: no failure point, nothing of libfiu
#   include/wallop/{wal,io,base}/    the headers that wal/wal.h and io/posix_world.h reach, and no other
#   lib/cmake/wallop/, lib/pkgconfig/wallop.pc
#   component harness: the other rooms' libraries, and the headers that cli/wallop_main.h reaches: wallop::harness
#   bin/wallop, libexec/wallop/      the command, the library that `wallop fiu` preloads, and the programs that `wallop bench`
#                                    starts, where they are built
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(WALLOP_INSTALLED_HEADERS
  base/strong.h
  io/file.h
  io/file_system.h
  io/posix_world.h
  io/result.h
  io/threads.h
  io/time.h
  io/world.h
  wal/build.h
  wal/checkpoint.h
  wal/compact.h
  wal/compression.h
  wal/follower.h
  wal/hole.h
  wal/little_endian.h
  wal/metrics.h
  wal/observer.h
  wal/options.h
  wal/reader.h
  wal/record.h
  wal/recovery_info.h
  wal/types.h
  wal/wal.h)

foreach(room base io wal)
  set_target_properties(wallop_${room} PROPERTIES EXPORT_NAME ${room})
  target_include_directories(wallop_${room} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/wallop>)
  target_compile_features(wallop_${room} INTERFACE $<INSTALL_INTERFACE:cxx_std_23>)
  install(TARGETS wallop_${room} EXPORT wallop ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
endforeach()
foreach(header IN LISTS WALLOP_INSTALLED_HEADERS)
  cmake_path(GET header PARENT_PATH folder)
  install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/wallop/${folder} COMPONENT development)
endforeach()

# The harness, for a `wallop` with engines and faults of one's own: a component beside the log's, which it needs.
if(TARGET wallop_harness)
  foreach(library faults sim truth reports wal_pointed scenarios checklist cli harness)
    set_target_properties(wallop_${library} PROPERTIES EXPORT_NAME ${library})
    install(TARGETS wallop_${library} EXPORT wallop_harness ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT harness)
  endforeach()
  file(GLOB harness_headers RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS base/*.h faults/*.h)
  list(FILTER harness_headers EXCLUDE REGEX "_fixture\\.h$")
  list(APPEND harness_headers cli/wallop_main.h scenarios/run/engine.h scenarios/run/engine_options.h scenarios/run/values.h)
  foreach(header IN LISTS harness_headers)
    cmake_path(GET header PARENT_PATH folder)
    install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/wallop/${folder} COMPONENT harness)
  endforeach()
  install(EXPORT wallop_harness FILE wallopHarnessTargets.cmake NAMESPACE wallop::
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/wallop COMPONENT harness)
endif()

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/wallop)
configure_package_config_file(cmake/wallopConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/wallopConfig.cmake
  INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/wallopConfigVersion.cmake COMPATIBILITY SameMinorVersion)
configure_file(cmake/wallop.pc.in ${CMAKE_CURRENT_BINARY_DIR}/wallop.pc @ONLY)
install(EXPORT wallop FILE wallopTargets.cmake NAMESPACE wallop:: DESTINATION ${package_folder} COMPONENT development)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/wallopConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/wallopConfigVersion.cmake
  DESTINATION ${package_folder} COMPONENT development)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/wallop.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)

if(TARGET wallop)
  install(TARGETS wallop RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT command)
endif()
if(TARGET wallop_fiu)
  install(TARGETS wallop_fiu LIBRARY DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/wallop COMPONENT command)
endif()
foreach(program wallop_peer wallop_sim_peer)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/wallop COMPONENT command)
  endif()
endforeach()

if(WALLOP_TESTS AND NOT WALLOP_SANITIZE)
  add_test(NAME installed_package
    COMMAND ${CMAKE_COMMAND} -DBUILD=${CMAKE_CURRENT_BINARY_DIR} -DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}
            -DSCRATCH=${CMAKE_CURRENT_BINARY_DIR}/installed_package -DCOMPILER=${CMAKE_CXX_COMPILER} -DNM=${CMAKE_NM}
            -DGENERATOR=${CMAKE_GENERATOR} -DPKG_CONFIG=${PKG_CONFIG_EXECUTABLE} -DLIBDIR=${CMAKE_INSTALL_LIBDIR}
            -P ${CMAKE_CURRENT_SOURCE_DIR}/cmake/installed_package_test.cmake)
endif()
