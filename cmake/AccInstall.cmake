# What `cmake --install` puts into a prefix. Fixed folders: the tool looks for ../include and ../lib
# beside itself. Every installed file is relocatable.
include(CMakePackageConfigHelpers)

set(package lib/cmake/acc)
set(exported acc_runtime)
if(TARGET acc)
  list(APPEND exported acc)
endif()

install(TARGETS ${exported} EXPORT accTargets RUNTIME DESTINATION bin ARCHIVE DESTINATION lib)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/runtime/include/acc DESTINATION include
        FILES_MATCHING PATTERN "*.h")
install(FILES ${PROJECT_SOURCE_DIR}/runtime/gdb/acc-gdb.py DESTINATION share/acc)
install(EXPORT accTargets NAMESPACE acc:: DESTINATION ${package})

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/accConfig.cmake.in
  ${PROJECT_BINARY_DIR}/accConfig.cmake INSTALL_DESTINATION ${package}
  NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/accConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/accConfig.cmake ${PROJECT_BINARY_DIR}/accConfigVersion.cmake
        ${PROJECT_SOURCE_DIR}/cmake/AccTargetSources.cmake DESTINATION ${package})

set(ACC_PC_LIBS "")
if(ACC_SANITIZE)
  set(ACC_PC_LIBS " -fsanitize=address,undefined")
endif()
configure_file(${PROJECT_SOURCE_DIR}/cmake/acc.pc.in ${PROJECT_BINARY_DIR}/acc.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/acc.pc DESTINATION lib/pkgconfig)
