get_filename_component(prefix ${CMAKE_CURRENT_LIST_DIR}/../../.. ABSOLUTE)
if(NOT TARGET Zydis::Zydis)
  add_library(Zydis::Zydis STATIC IMPORTED)
  set_target_properties(
    Zydis::Zydis PROPERTIES IMPORTED_LOCATION ${prefix}/lib/libZydis.a INTERFACE_INCLUDE_DIRECTORIES ${prefix}/include
                            INTERFACE_COMPILE_DEFINITIONS "ZYDIS_STATIC_BUILD;ZYCORE_STATIC_BUILD")
endif()
