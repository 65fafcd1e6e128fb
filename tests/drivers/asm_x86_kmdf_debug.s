# x86, without optimisation: the index of the framework's function is multiplied at run time.
  .intel_syntax noprefix
  .text
  .globl "_DriverEntry@8"
  .def "_DriverEntry@8"; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
"_DriverEntry@8":
  push ebp
  mov ebp, esp
  push offset globals
  push offset bind_info
  push dword ptr [ebp + 12]
  push dword ptr [ebp + 8]
  call dword ptr ["__imp__WdfVersionBind@16"]
  push offset scratch
  push offset scratch
  push 96
  push 0x4D49644B
  push 1
  push 0
  push dword ptr [globals]
  mov eax, 4
  imul ecx, eax, 192
  mov edx, dword ptr [functions]
  mov eax, dword ptr [edx + ecx]
  call eax
  push offset scratch
  push offset scratch
  push 96
  push 0x4853644B
  push 1
  push 0
  push dword ptr [globals]
  mov ecx, 192
  shl ecx, 2
  mov eax, dword ptr [functions]
  call dword ptr [eax + ecx]
  xor eax, eax
  pop ebp
  ret 8

  .section .rdata,"dr"
component:
  .short 'K','m','d','f','L','i','b','r','a','r','y',0
  .data
  .p2align 2
globals:
  .long 0
functions:
  .long 0
scratch:
  .long 0
bind_info:
  .long 0x3C
  .long component
  .long 1, 33, 0, 458
  .long functions
  .zero 0x20
