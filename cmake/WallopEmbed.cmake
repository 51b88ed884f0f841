# SPDX-License-Identifier: Apache-2.0
# wallop_embed(TARGET FUNCTION FILE...)
#
# Compiles text files into TARGET: defines `std::span<const EmbeddedFile> wallop::ROOM::FUNCTION()` for the room whose
# CMakeLists.txt calls it, which declares it in its own embedded.h. Raw string literals, written when CMake configures;
# a changed file configures anew.

function(wallop_embed TARGET FUNCTION)
  get_filename_component(room ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  set(entries "")
  foreach(file IN LISTS ARGN)
    get_filename_component(path ${file} ABSOLUTE)
    get_filename_component(name ${file} NAME_WE)
    file(READ ${path} text)
    string(APPEND entries "    EmbeddedFile{\"${name}\", R\"embedded(${text})embedded\"},\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
  endforeach()
  set(content "// Written by cmake/WallopEmbed.cmake.
#include \"${room}/embedded.h\"

namespace wallop::${room} {
namespace {
constexpr EmbeddedFile kFiles[] = {
${entries}};
}  // namespace

std::span<const EmbeddedFile> ${FUNCTION}() {
  return kFiles;
}
}  // namespace wallop::${room}
")
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${FUNCTION}.cc)
  file(CONFIGURE OUTPUT ${output} CONTENT "${content}" @ONLY)
  set_source_files_properties(${output} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)  # Each has a kFiles of its own.
  target_sources(${TARGET} PRIVATE ${output})
endfunction()
