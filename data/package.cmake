# What `cmake --install` lays down and what CPack packs: the program, its man page and completions (made by the program
# itself), licences, the list of tags. A .deb on Debian; for Windows a .zip with the single executable, ready to be run from where it is.
# The address that the commits of this repository bear; who packages elsewhere gives another.
set(POOLWHO_MAINTAINER "poolwho maintainers <maintainers@users.noreply.r-seed-62cf9656.example>"
    CACHE STRING "Maintainer of the Debian package: Name <address>")

if(WIN32)
  install(TARGETS poolwho RUNTIME DESTINATION .)
  install(FILES data/copyright DESTINATION . RENAME LICENSE.txt)
  install(FILES README.md DESTINATION .)
  install(FILES data/pooltag.txt DESTINATION .)  # for WinDbg, and poolmon /g
  # The executable holds its libraries, whose licences want to come along.
  if(POOLWHO_WINDOWS_DEPS)
    set(licences
        zydis=${POOLWHO_WINDOWS_DEPS}/sources/zydis/LICENSE capstone=${POOLWHO_WINDOWS_DEPS}/sources/capstone/LICENSE.TXT
        capstone-llvm=${POOLWHO_WINDOWS_DEPS}/sources/capstone/LICENSE_LLVM.TXT
        sqlite=${POOLWHO_WINDOWS_DEPS}/sources/sqlite3/LICENSE.md boost=${POOLWHO_WINDOWS_DEPS}/sources/boost/LICENSE_1_0.txt
        xxhash=/usr/share/doc/libxxhash-dev/copyright nlohmann-json=/usr/share/doc/nlohmann-json3-dev/copyright)
  elseif(VCPKG_INSTALLED_DIR)
    foreach(port zydis capstone sqlite3 boost-filesystem boost-program-options xxhash nlohmann-json)
      list(APPEND licences ${port}=${VCPKG_INSTALLED_DIR}/${VCPKG_TARGET_TRIPLET}/share/${port}/copyright)
    endforeach()
  endif()
  foreach(licence ${licences})
    string(REGEX MATCH "^([^=]*)=(.*)$" licence ${licence})
    install(FILES ${CMAKE_MATCH_2} DESTINATION licences RENAME ${CMAKE_MATCH_1}.txt)
  endforeach()
else()
  include(GNUInstallDirs)
  install(TARGETS poolwho RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  if(TARGET poolwho-lief)
    install(TARGETS poolwho-lief RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/poolwho)
  endif()
  install(FILES data/copyright README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
  install(FILES data/pooltag.txt DESTINATION ${CMAKE_INSTALL_DATADIR}/poolwho) # for WinDbg, and poolmon /g
endif()

find_program(GZIP gzip)
if(NOT CMAKE_CROSSCOMPILING AND GZIP AND UNIX)
  set(generated ${CMAKE_BINARY_DIR}/package)
  file(MAKE_DIRECTORY ${generated})
  add_custom_command(
    OUTPUT ${generated}/poolwho.1.gz ${generated}/poolwho.bash ${generated}/changelog.gz
    COMMAND poolwho --generate man > ${generated}/poolwho.1
    COMMAND ${GZIP} -9nf ${generated}/poolwho.1
    COMMAND poolwho --generate bash > ${generated}/poolwho.bash
    COMMAND ${CMAKE_SOURCE_DIR}/data/release/debian_changelog.sh ${CMAKE_SOURCE_DIR}/CHANGELOG.md ${POOLWHO_MAINTAINER} >
            ${generated}/changelog
    COMMAND ${GZIP} -9nf ${generated}/changelog
    DEPENDS poolwho CHANGELOG.md data/release/debian_changelog.sh
    VERBATIM
    COMMENT "Man page, completion and changelog")
  add_custom_target(poolwho_documents ALL DEPENDS ${generated}/poolwho.1.gz)
  install(FILES ${generated}/poolwho.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES ${generated}/changelog.gz DESTINATION ${CMAKE_INSTALL_DOCDIR})
  install(FILES ${generated}/poolwho.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME poolwho)
endif()

set(CPACK_PACKAGE_NAME poolwho)
set(CPACK_PACKAGE_VENDOR "poolwho maintainers")
set(CPACK_PACKAGE_CONTACT "${POOLWHO_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "name the Windows driver behind a kernel pool tag")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "poolwho reads the code of Windows drivers, follows four-character pool tags
into the kernel's allocators and ranks the drivers that allocate with them,
with call sites as proof. It works on folders, mounted volumes and copies.")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Loaded when needed (scanner/trace/isa/arm64/capstone_loaded.cpp), so that nothing but this line knows of it.
if(CAPSTONE_INCLUDE_DIR)
  file(STRINGS ${CAPSTONE_INCLUDE_DIR}/capstone/capstone.h capstone_major REGEX "define CS_API_MAJOR")
  string(REGEX REPLACE "[^0-9]" "" capstone_major "${capstone_major}")
  set(CPACK_DEBIAN_PACKAGE_DEPENDS "libcapstone${capstone_major}")
endif()
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
                                                WORLD_EXECUTE)
if(WIN32)
  set(CPACK_GENERATOR ZIP)
  set(CPACK_PACKAGING_INSTALL_PREFIX /)
else()
  set(CPACK_GENERATOR DEB)
  set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
endif()
include(CPack)
