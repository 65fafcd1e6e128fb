# What `cmake --install` lays down and what CPack packs: the program, its man page and completions (made by the program
# itself), licences. A .deb on Debian, a .zip with the single executable elsewhere.
include(GNUInstallDirs)
install(TARGETS poolwho RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
if(TARGET poolwho-lief)
  install(TARGETS poolwho-lief RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/poolwho)
endif()
install(FILES data/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})

find_program(GZIP gzip)
if(NOT CMAKE_CROSSCOMPILING AND GZIP AND UNIX)
  set(generated ${CMAKE_BINARY_DIR}/package)
  file(MAKE_DIRECTORY ${generated})
  file(CONFIGURE OUTPUT ${generated}/changelog CONTENT "poolwho (${PROJECT_VERSION}) unstable; urgency=low

  * See the history of the repository.

 -- poolwho maintainers <maintainers@poolwho.example>  Mon, 23 Nov 2026 00:00:00 +0000
")
  add_custom_command(
    OUTPUT ${generated}/poolwho.1.gz ${generated}/poolwho.bash ${generated}/changelog.gz
    COMMAND poolwho --generate man > ${generated}/poolwho.1
    COMMAND ${GZIP} -9nf ${generated}/poolwho.1
    COMMAND poolwho --generate bash > ${generated}/poolwho.bash
    COMMAND ${GZIP} -9nkf ${generated}/changelog
    DEPENDS poolwho ${generated}/changelog
    COMMENT "Man page and completion")
  add_custom_target(poolwho_documents ALL DEPENDS ${generated}/poolwho.1.gz)
  install(FILES ${generated}/poolwho.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES ${generated}/changelog.gz DESTINATION ${CMAKE_INSTALL_DOCDIR})
  install(FILES ${generated}/poolwho.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME poolwho)
endif()

set(CPACK_PACKAGE_NAME poolwho)
set(CPACK_PACKAGE_VENDOR "poolwho maintainers")
set(CPACK_PACKAGE_CONTACT "poolwho maintainers <maintainers@poolwho.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "name the Windows driver behind a kernel pool tag")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "poolwho reads the code of Windows drivers, follows four-character pool tags
into the kernel's allocators and ranks the drivers that allocate with them,
with call sites as proof. It works on folders, mounted volumes and copies.")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Loaded when needed (scanner/trace/arm64_text_posix.cpp), so that nothing but this line knows of it.
if(CAPSTONE_INCLUDE_DIR)
  file(STRINGS ${CAPSTONE_INCLUDE_DIR}/capstone/capstone.h capstone_major REGEX "define CS_API_MAJOR")
  string(REGEX REPLACE "[^0-9]" "" capstone_major "${capstone_major}")
  set(CPACK_DEBIAN_PACKAGE_DEPENDS "libcapstone${capstone_major}")
endif()
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
                                                WORLD_EXECUTE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
if(WIN32)
  set(CPACK_GENERATOR ZIP)
else()
  set(CPACK_GENERATOR DEB)
endif()
include(CPack)
