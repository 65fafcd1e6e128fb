# Tags that travel through xmm registers: a constant structure, a single number, zeros around one, halves that are
# written one after the other, and registers that a callee keeps or does not.
  .intel_syntax noprefix
  .text
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  push rbx
  .seh_pushreg rbx
  sub rsp, 0x80
  .seh_stackalloc 0x80
  .seh_endprologue
  mov rbx, qword ptr [rip + __imp_ExAllocatePoolWithTag]

  # a structure copied as a whole, read at offset 12
  movdqa xmm0, xmmword ptr [rip + whole]
  movdqu xmmword ptr [rsp + 0x30], xmm0
  mov ecx, 1
  mov edx, 16
  mov r8d, dword ptr [rsp + 0x3C]
  call rbx

  # one number
  mov eax, 0x644D6D58
  movd xmm1, eax
  movd r8d, xmm1
  mov ecx, 1
  mov edx, 24
  call rbx

  # sixteen bytes of zeros, then the tag into their middle
  xorps xmm2, xmm2
  movups xmmword ptr [rsp + 0x30], xmm2
  mov dword ptr [rsp + 0x38], 0x725A6D58
  mov edx, dword ptr [rsp + 0x34]
  add edx, 32
  mov ecx, 1
  mov r8d, dword ptr [rsp + 0x38]
  call rbx

  # the high half is replaced, the low one stays
  movdqa xmm3, xmmword ptr [rip + halves]
  movdqa xmmword ptr [rsp + 0x30], xmm3
  mov rax, qword ptr [rip + opaque]
  mov qword ptr [rsp + 0x38], rax
  mov ecx, 1
  mov edx, 40
  mov r8d, dword ptr [rsp + 0x34]
  call rbx
  mov ecx, 1
  mov edx, 48
  mov r8d, dword ptr [rsp + 0x38]
  call rbx

  # xmm6 is the caller's, xmm4 is lost in the callee
  mov eax, 0x704B6D58
  movd xmm6, eax
  mov eax, 0x6C436D58
  movd xmm4, eax
  call qword ptr [rip + __imp_KeQueryTimeIncrement]
  movd r8d, xmm6
  movd dword ptr [rsp + 0x30], xmm4
  mov ecx, 1
  mov edx, 56
  call rbx
  mov ecx, 1
  mov edx, 64
  mov r8d, dword ptr [rsp + 0x30]
  call rbx

  xor eax, eax
  add rsp, 0x80
  pop rbx
  ret
  .seh_endproc
  .section .rdata, "dr"
  .p2align 4
whole:
  .long 1, 2, 3, 0x73436D58
halves:
  .long 1, 0x6F4C6D58, 0x69486D58, 4
  .data
  .p2align 3
opaque:
  .quad 0
