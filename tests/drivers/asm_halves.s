# Numbers of two halves. A tag stands in the upper one beside an argument; of two ways that meet, each knows one half and
# not the other, so that neither tag is the only one; an operand whose upper half was not cleared spoils the tag there.
  .intel_syntax noprefix
  .text
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
upper:
  .seh_proc upper
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  shr rcx, 32
  mov r8d, ecx
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  add rsp, 40
  ret
  .seh_endproc
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  push rbx
  .seh_pushreg rbx
  push rsi
  .seh_pushreg rsi
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  mov rbx, rcx
  mov rsi, rdx

  mov eax, ebx
  movabs rcx, 0x4B4F764800000000
  or rcx, rax
  mov edx, 40
  call upper

  movabs rcx, 0x4F4E764800000000
  or rcx, rbx
  mov edx, 48
  call upper

  test esi, esi
  je other
  mov rax, rbx
  shl rax, 32
  mov ecx, 0x4C577648
  or rax, rcx
  jmp both
other:
  mov ecx, ebx
  movabs rax, 0x4857764800000000
  or rax, rcx
both:
  mov rbx, rax
  mov r8d, eax
  mov edx, 56
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  mov rcx, rbx
  mov edx, 64
  call upper

  xor eax, eax
  add rsp, 40
  pop rsi
  pop rbx
  ret
  .seh_endproc
