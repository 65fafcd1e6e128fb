# Builds a driver whose version resource is markup, then runs the browser's checks.
find_program(CLANG_CC NAMES clang-14 clang REQUIRED)
find_program(LLD_LINK NAMES lld-link-14 lld-link REQUIRED)
find_program(LLVM_DLLTOOL NAMES llvm-dlltool-14 llvm-dlltool REQUIRED)
find_program(LLVM_RC NAMES llvm-rc-14 llvm-rc REQUIRED)
file(MAKE_DIRECTORY ${WORK})
function(run)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${WORK} COMMAND_ERROR_IS_FATAL ANY)
endfunction()
set(HERE ${SOURCE}/tests/browser)
# The definitions carry the decoration of x86.
file(READ ${HERE}/../drivers/ntoskrnl.def text)
string(REGEX REPLACE "\n@?([A-Za-z0-9_]+)@[0-9]+" "\n\\1" text "${text}")
file(WRITE ${WORK}/ntoskrnl.def "${text}")
run(${LLVM_DLLTOOL} -m i386:x86-64 -d ntoskrnl.def -l ntoskrnl.lib)
run(${CLANG_CC} --target=x86_64-pc-windows-msvc -O2 -ffreestanding -funwind-tables -fno-stack-protector -mno-sse -c
    ${HERE}/hostile.c -o hostile.obj)
file(RELATIVE_PATH resource ${WORK} ${HERE}/hostile.rc)
run(${LLVM_RC} /FO hostile.res ${resource})
run(${LLD_LINK} /nologo /driver /subsystem:native /entry:DriverEntry /nodefaultlib /Brepro /out:hostile.sys hostile.obj
    hostile.res ntoskrnl.lib)
find_program(PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH REQUIRED) # the one that python3-selenium belongs to
execute_process(COMMAND ${PYTHON} ${HERE}/browser.py ${POOLWHO} ${SOURCE} ${WORK}/page ${SCREENSHOTS} RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "the report failed in the browser")
endif()
