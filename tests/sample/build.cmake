# Builds the drivers of the sample volume into OUTPUT. The same compiler and linker give the same bytes (/Brepro).
#   cmake -DOUTPUT=DIR -P tests/sample/build.cmake
find_program(CLANG_CC NAMES clang-14 clang REQUIRED)
find_program(LLD_LINK NAMES lld-link-14 lld-link REQUIRED)
find_program(LLVM_DLLTOOL NAMES llvm-dlltool-14 llvm-dlltool REQUIRED)
find_program(LLVM_RC NAMES llvm-rc-14 llvm-rc REQUIRED)
set(HERE ${CMAKE_CURRENT_LIST_DIR})
set(WORK ${OUTPUT}/work)
file(MAKE_DIRECTORY ${WORK})

function(run)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${WORK} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# The definitions carry the decoration of x86.
file(READ ${HERE}/../drivers/ntoskrnl.def text)
string(REGEX REPLACE "\n@?([A-Za-z0-9_]+)@[0-9]+" "\n\\1" text "${text}")
file(WRITE ${WORK}/ntoskrnl.def "${text}")
run(${LLVM_DLLTOOL} -m i386:x86-64 -d ntoskrnl.def -l ntoskrnl.lib)
set(drivers Windows/System32/drivers)
foreach(pair
        "decoy=${drivers}" "netsample=${drivers}" "fltsample=${drivers}" "oldsample=${drivers}"
        "myfault=Users/Helpdesk/Desktop/notmyfault")
  string(REPLACE "=" ";" pair ${pair})
  list(GET pair 0 name)
  list(GET pair 1 folder)
  file(MAKE_DIRECTORY ${OUTPUT}/${folder})
  run(${CLANG_CC} --target=x86_64-pc-windows-msvc -O2 -ffreestanding -funwind-tables -fno-stack-protector -mno-sse -c
      ${HERE}/${name}.c -o ${name}.obj)
  # llvm-rc takes an absolute path for one of its options when the first folder's name begins like one (/c…, /d…).
  file(RELATIVE_PATH resource ${WORK} ${HERE}/${name}.rc)
  run(${LLVM_RC} /FO ${name}.res ${resource})
  run(${LLD_LINK} /nologo /driver /subsystem:native /entry:DriverEntry /nodefaultlib /Brepro
      /out:${OUTPUT}/${folder}/${name}.sys ${name}.obj ${name}.res ntoskrnl.lib)
endforeach()
file(REMOVE_RECURSE ${WORK})
