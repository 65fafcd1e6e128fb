get_filename_component(prefix ${CMAKE_CURRENT_LIST_DIR}/../../.. ABSOLUTE)
foreach(component program_options filesystem)
  if(NOT TARGET Boost::${component})
    add_library(Boost::${component} STATIC IMPORTED)
    set_target_properties(
      Boost::${component}
      PROPERTIES IMPORTED_LOCATION ${prefix}/lib/libboost_${component}.a INTERFACE_INCLUDE_DIRECTORIES ${prefix}/include
                 INTERFACE_COMPILE_DEFINITIONS "BOOST_ALL_NO_LIB;BOOST_FILESYSTEM_STATIC_LINK")
  endif()
  set(Boost_${component}_FOUND TRUE)
endforeach()
if(NOT TARGET Boost::headers)
  add_library(Boost::headers INTERFACE IMPORTED)
  set_target_properties(Boost::headers PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${prefix}/include)
endif()
