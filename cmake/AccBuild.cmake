# Pieces of this project's own build, none of them installed.

# Debian's tree-sitter.pc states a version that is not the library's, so ask the header: grammars
# generated with --abi 14 need a library that reads language version 14 (0.20.3 and later).
function(acc_check_tree_sitter)
  find_path(ACC_TREE_SITTER_INCLUDE tree_sitter/api.h
            HINTS ${TREE_SITTER_INCLUDEDIR} ${TREE_SITTER_INCLUDE_DIRS})
  mark_as_advanced(ACC_TREE_SITTER_INCLUDE)
  set(api ${ACC_TREE_SITTER_INCLUDE}/tree_sitter/api.h)
  if(NOT EXISTS ${api})
    message(FATAL_ERROR "tree_sitter/api.h not found; install libtree-sitter-dev")
  endif()
  file(STRINGS ${api} line REGEX "define TREE_SITTER_LANGUAGE_VERSION +[0-9]+")
  string(REGEX MATCH "[0-9]+" version "${line}")
  if(version LESS 14)
    message(FATAL_ERROR "libtree-sitter >= 0.20.3 expected (language version 14), ${version} found")
  endif()
endfunction()

# A static library needs one source even while its folder is still empty.
function(acc_or_empty list)
  if(NOT ${list})
    file(CONFIGURE OUTPUT empty.c CONTENT "typedef int acc__no_source_yet;\n")
    set(${list} ${CMAKE_CURRENT_BINARY_DIR}/empty.c PARENT_SCOPE)
  endif()
endfunction()

# The rules for code written here: C11, the project's warnings, the sanitizers when asked for.
function(acc_own_code target)
  set_target_properties(${target} PROPERTIES C_STANDARD 11 C_STANDARD_REQUIRED ON)
  target_compile_definitions(${target} PRIVATE _GNU_SOURCE=)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wshadow -Wpedantic -Wconversion
                         $<$<BOOL:${ACC_WERROR}>:-Werror>)
  # What an assertion tells must not name the folder it was built in.
  target_compile_options(${target} PRIVATE -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)
  # libuv's error codes and ours are one list, but two enumerations.
  if(CMAKE_C_COMPILER_ID STREQUAL Clang AND CMAKE_C_COMPILER_VERSION VERSION_GREATER_EQUAL 19)
    target_compile_options(${target} PRIVATE -Wno-enum-compare-conditional)
  endif()
  if(ACC_SANITIZE)
    set(flags -fsanitize=address,undefined -fno-sanitize-recover=all)
    target_compile_options(${target} PRIVATE ${flags})
    # For whoever links it: a sanitized archive cannot be linked without its runtime.
    target_link_options(${target} PUBLIC -fsanitize=address,undefined)
  endif()
endfunction()

# The generated parser: not our style, slow without optimisation, and a megabyte of tables.
function(acc_generated_code)
  set_source_files_properties(${ARGN} PROPERTIES
                              COMPILE_OPTIONS "-w;-O2;-g0;-fno-sanitize=all")
endfunction()

# include/acc in the build folder, so that it has the shape of a prefix. A relative link: new headers
# are seen at once, and the tree can be moved.
function(acc_link_headers source link)
  cmake_path(GET link PARENT_PATH folder)
  file(MAKE_DIRECTORY ${folder})
  file(RELATIVE_PATH to ${folder} ${source})
  file(CREATE_LINK ${to} ${link} SYMBOLIC)
endfunction()

# Each examples/x.ac is a program of its own, examples/x in the build folder. Not part of `all`:
# the target `examples` builds them, with the function every user calls.
function(acc_add_examples folder)
  add_custom_target(examples)
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.ac)
  foreach(source IN LISTS sources)
    cmake_path(GET source STEM name)
    acc_add_example(${name} ${source})
  endforeach()
endfunction()

function(acc_add_example name)
  set(target example_${name})
  add_executable(${target} EXCLUDE_FROM_ALL)
  acc_target_sources(${target} PRIVATE ${ARGN})
  target_compile_options(${target} PRIVATE -Wall -Wextra $<$<BOOL:${ACC_WERROR}>:-Werror>)
  if(ACC_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=address,undefined
                           -fno-sanitize-recover=all)
  endif()
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${name}
                        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/examples)
  add_dependencies(examples ${target})
endfunction()

# Programs that show what single passes of the translator make of a file, for test/unit.
function(acc_add_unit_programs folder)
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.c)
  foreach(source IN LISTS sources)
    cmake_path(GET source STEM name)
    add_executable(unit_${name} ${source})
    acc_own_code(unit_${name})
    target_link_libraries(unit_${name} PRIVATE acccore)
    set_target_properties(unit_${name} PROPERTIES OUTPUT_NAME ${name}
                          RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/test/unit)
  endforeach()
endfunction()
