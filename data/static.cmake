# static/poolwho: one file that needs no library and no loader, for hosts where nothing may be installed. It starts
# faster than the program that Debian's libraries are loaded for. Debian has static forms of all libraries but Zydis,
# whose sources POOLWHO_ZYDIS_SOURCE names. Not position independent: Capstone's tables would be relocated at each start.
enable_language(C)
file(GLOB zydis_sources ${POOLWHO_ZYDIS_SOURCE}/src/*.c)
add_library(poolwho_zydis STATIC ${zydis_sources})
target_include_directories(poolwho_zydis PRIVATE ${POOLWHO_ZYDIS_SOURCE}/include ${POOLWHO_ZYDIS_SOURCE}/src)
target_compile_definitions(poolwho_zydis PRIVATE ZYDIS_STATIC_BUILD ZYCORE_STATIC_BUILD)

foreach(library nettle sqlite3 xxhash hivex evtx bfio capstone)
  find_library(POOLWHO_STATIC_${library} lib${library}.a REQUIRED)
  list(APPEND static_libraries ${POOLWHO_STATIC_${library}})
endforeach()

set(static_folder ${CMAKE_BINARY_DIR}/static)
add_executable(poolwho_static scanner/main.cpp scanner/trace/isa/arm64/capstone_linked.cpp)
set_target_properties(poolwho_static PROPERTIES OUTPUT_NAME poolwho RUNTIME_OUTPUT_DIRECTORY ${static_folder})
# Files, because the targets would bring their shared libraries along.
target_link_libraries(
  poolwho_static PRIVATE poolwho_options $<TARGET_FILE:poolwho_scanner> $<TARGET_FILE:poolwho_pe>
                         $<TARGET_FILE:poolwho_tagdb> poolwho_zydis Boost::program_options Boost::filesystem
                         ${static_libraries} m)
# SQLite can load extensions, of which the linker warns; nobody asks it to.
target_link_options(poolwho_static PRIVATE -static -s LINKER:--no-warnings)
add_dependencies(poolwho_static poolwho_scanner poolwho_pe poolwho_tagdb)

# The executable holds its libraries, whose licences want to come along.
set(doc /usr/share/doc)
foreach(licence zydis=${POOLWHO_ZYDIS_SOURCE}/LICENSE capstone=${doc}/libcapstone-dev/copyright
                nettle=${doc}/nettle-dev/copyright hivex=${doc}/libhivex-dev/copyright
                evtx=${doc}/libevtx-dev/copyright bfio=${doc}/libbfio-dev/copyright sqlite=${doc}/libsqlite3-dev/copyright
                boost=${doc}/libboost-dev/copyright xxhash=${doc}/libxxhash-dev/copyright
                nlohmann-json=${doc}/nlohmann-json3-dev/copyright glibc=${doc}/libc6/copyright
                poolwho=${CMAKE_SOURCE_DIR}/data/copyright)
  string(REGEX MATCH "^([^=]*)=(.*)$" licence ${licence})
  configure_file(${CMAKE_MATCH_2} ${static_folder}/licences/${CMAKE_MATCH_1}.txt COPYONLY)
endforeach()
