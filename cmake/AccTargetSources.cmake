# acc_target_sources(<target> PRIVATE <a.ac>... [OPTIONS <option>...])
#
# Translates each file with acc::translator, as the target's own C files would be preprocessed: its
# compiler, definitions, include folders, options, language standard and configuration flags, those
# inherited from linked targets too. Adds the C files to the target and links acc::acc. OPTIONS are
# for the translator alone. The same in this project's build tree and after find_package(acc).
#
# A file is translated again when it, a header it includes (depfile), an option or the translator
# changes. Call it in the folder that made the target, as CMake asks of every generated source.
#
# What the target gives acc stands in a file, <binary dir>/<target>.acc/[<config>/]flags.C, one word
# a line: only for a generated file does CMake know the language, which expressions may ask for, and
# only a file makes Make translate again when a flag changes.

cmake_policy(PUSH)
cmake_policy(VERSION 3.25)

function(acc_target_sources target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "PRIVATE;OPTIONS")
  if(NOT TARGET ${target})
    message(FATAL_ERROR "acc_target_sources: '${target}' is not a target")
  endif()
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_PRIVATE)
    message(FATAL_ERROR "acc_target_sources: PRIVATE <a.ac>... expected after '${target}', "
                        "'${arg_UNPARSED_ARGUMENTS}' found")
  endif()
  get_target_property(folder ${target} SOURCE_DIR)
  if(NOT folder STREQUAL CMAKE_CURRENT_SOURCE_DIR)
    message(FATAL_ERROR "acc_target_sources: '${target}' was made in ${folder}; call it there")
  endif()

  _acc_folder(folder ${target})
  foreach(source IN LISTS arg_PRIVATE)
    _acc_translate(${target} ${source} ${folder} "${arg_OPTIONS}")
  endforeach()

  get_target_property(linked ${target} _acc_linked)
  if(NOT linked)
    set_property(TARGET ${target} PROPERTY _acc_linked TRUE)
    _acc_preprocessor_flags(flags ${target})
    file(GENERATE OUTPUT ${folder}/flags.$<COMPILE_LANGUAGE> CONTENT "${flags}" TARGET ${target})
    target_link_libraries(${target} PRIVATE acc::acc)
    # Which folders are system folders is known when all libraries are linked.
    cmake_language(EVAL CODE "cmake_language(DEFER CALL _acc_set_system_includes [[${target}]])")
  endif()
endfunction()

function(_acc_folder result target)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}.acc)
  get_property(multi GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  if(multi)
    string(APPEND folder /$<CONFIG>)
  endif()
  set(${result} ${folder} PARENT_SCOPE)
endfunction()

# One rule: <source>.ac -> <folder>/<source>.c
function(_acc_translate target source folder options)
  cmake_path(ABSOLUTE_PATH source NORMALIZE OUTPUT_VARIABLE input)
  cmake_path(RELATIVE_PATH input BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE name)
  string(REPLACE "../" "__/" name "${name}")
  cmake_path(REMOVE_EXTENSION name LAST_ONLY)
  set(output ${folder}/${name}.c)
  cmake_path(GET output PARENT_PATH output_folder)

  # The compiler may come with arguments of its own: CC="gcc -m32".
  string(STRIP "${CMAKE_C_COMPILER} ${CMAKE_C_COMPILER_ARG1}" compiler)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${output_folder}
    COMMAND $<TARGET_FILE:acc::translator> --cc ${compiler} --words ${folder}/flags.C
            ${options} -MD -MF ${output}.d ${input} -o ${output}
    MAIN_DEPENDENCY ${input}
    DEPENDS acc::translator $<TARGET_FILE:acc::translator> ${folder}/flags.C
    DEPFILE ${output}.d
    COMMENT "Translating ${name}.ac"
    COMMAND_EXPAND_LISTS VERBATIM)
  # Its text has seen the target's precompiled header, and is a whole unit.
  set_source_files_properties(${output} PROPERTIES
    SKIP_PRECOMPILE_HEADERS ON SKIP_UNITY_BUILD_INCLUSION ON)
  target_sources(${target} PRIVATE ${output})
endfunction()

# What CMake would give the compiler for a C file of the target, as far as preprocessing can feel
# it, one word a line. All of it is generator expressions: properties set after the call count too.
function(_acc_preprocessor_flags result target)
  set(definitions $<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS>)
  set(includes $<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>)
  set(system $<TARGET_GENEX_EVAL:${target},$<TARGET_PROPERTY:${target},_acc_system_includes>>)
  set(options $<TARGET_PROPERTY:${target},COMPILE_OPTIONS>)
  _acc_standard_flag(standard ${target})
  _acc_variable_flags(variables)
  _acc_exports(exports ${target})
  list(APPEND variables
    ${standard}
    ${exports}
    "$<$<BOOL:${definitions}>:-D$<JOIN:${definitions},\n-D>>"
    "$<$<BOOL:${includes}>:-I$<JOIN:${includes},\n-I>>"
    # A folder given by -I and by -isystem counts as a system folder, to gcc and to clang.
    "$<$<BOOL:${system}>:-isystem\n$<JOIN:${system},\n-isystem\n>>"
    # Warnings, debug information and link flags are for the compilation of the output.
    "$<JOIN:$<FILTER:${options},EXCLUDE,^-(W|w$|g|fdiagnostics|Werror)>,\n>")
  list(JOIN variables "\n" words)
  set(${result} "${words}\n" PARENT_SCOPE)
endfunction()

# What CMake defines for the C files of a shared library alone.
function(_acc_exports result target)
  get_target_property(type ${target} TYPE)
  if(type MATCHES "^(SHARED|MODULE)_LIBRARY$")
    string(MAKE_C_IDENTIFIER "${target}_EXPORTS" usual)
    set(own $<TARGET_PROPERTY:${target},DEFINE_SYMBOL>)
    set(${result} "-D$<IF:$<STREQUAL:${own},>,${usual},${own}>" PARENT_SCOPE)
  endif()
endfunction()

# C_STANDARD and C_EXTENSIONS as the flag this compiler has for them.
function(_acc_standard_flag result target)
  set(standard $<TARGET_PROPERTY:${target},C_STANDARD>)
  set(extensions $<TARGET_PROPERTY:${target},C_EXTENSIONS>)
  # Not set means on.
  set(strict "$<AND:$<NOT:$<STREQUAL:${extensions},>>,$<NOT:$<BOOL:${extensions}>>>")
  set(flags "")
  foreach(year 90 99 11 17 23)
    set(flag "$<IF:${strict},${CMAKE_C${year}_STANDARD_COMPILE_OPTION}")
    string(APPEND flag ",${CMAKE_C${year}_EXTENSION_COMPILE_OPTION}>")
    list(APPEND flags "$<$<STREQUAL:${standard},${year}>:${flag}>")
  endforeach()
  set(${result} ${flags} PARENT_SCOPE)
endfunction()

# CMAKE_C_FLAGS and those of the configuration: -DNDEBUG and -O2 change what headers expand to; for a
# cross build, which headers there are.
function(_acc_variable_flags result)
  set(all "")
  foreach(sysroot IN ITEMS "${CMAKE_SYSROOT_COMPILE}" "${CMAKE_SYSROOT}")
    if(sysroot AND CMAKE_C_COMPILE_OPTIONS_SYSROOT AND NOT all)
      list(APPEND all "${CMAKE_C_COMPILE_OPTIONS_SYSROOT}${sysroot}")
    endif()
  endforeach()
  if(CMAKE_C_COMPILER_TARGET AND CMAKE_C_COMPILE_OPTIONS_TARGET)
    list(APPEND all "${CMAKE_C_COMPILE_OPTIONS_TARGET}${CMAKE_C_COMPILER_TARGET}")
  endif()
  separate_arguments(flags NATIVE_COMMAND "${CMAKE_C_FLAGS}")
  list(APPEND all ${flags})
  foreach(config IN LISTS CMAKE_CONFIGURATION_TYPES CMAKE_BUILD_TYPE)
    string(TOUPPER "${config}" upper)
    separate_arguments(flags NATIVE_COMMAND "${CMAKE_C_FLAGS_${upper}}")
    foreach(flag IN LISTS flags)
      list(APPEND all "$<$<CONFIG:${config}>:${flag}>")
    endforeach()
  endforeach()
  list(FILTER all EXCLUDE REGEX "^(\\$<\\$<CONFIG:[^>]*>:)?-(W|w$|g)")
  set(${result} ${all} PARENT_SCOPE)
endfunction()

# CMake has no property that lists the target's system folders; they are what it links: the include
# folders of imported targets, and what other targets declare SYSTEM.
function(_acc_set_system_includes target)
  set(found "")
  set(seen "")
  get_target_property(queue ${target} LINK_LIBRARIES)
  while(queue)
    list(POP_FRONT queue library)
    if(NOT TARGET "${library}" OR library IN_LIST seen)
      continue()
    endif()
    list(APPEND seen ${library})
    list(APPEND found $<TARGET_PROPERTY:${library},INTERFACE_SYSTEM_INCLUDE_DIRECTORIES>)
    get_target_property(imported ${library} IMPORTED)
    if(imported)
      list(APPEND found $<TARGET_PROPERTY:${library},INTERFACE_INCLUDE_DIRECTORIES>)
    endif()
    get_target_property(next ${library} INTERFACE_LINK_LIBRARIES)
    if(next)
      list(APPEND queue ${next})
    endif()
  endwhile()
  list(APPEND found $<TARGET_PROPERTY:${target},INTERFACE_SYSTEM_INCLUDE_DIRECTORIES>)
  # Empty values and doubled ones away; /usr/include stays where the compiler looks for it.
  list(JOIN found "$<SEMICOLON>" joined)
  set_property(TARGET ${target} PROPERTY _acc_system_includes
    "$<REMOVE_DUPLICATES:$<FILTER:${joined},EXCLUDE,^(/usr/include)?$>>")
endfunction()

cmake_policy(POP)
