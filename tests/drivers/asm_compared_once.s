# Two branches that look at the flags of one comparison, with moves between them; and some that do not: a comparison of
# floating point numbers, or arithmetic, stands between them, or what was compared is overwritten.
  .intel_syntax noprefix
  .text
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  mov ecx, dword ptr [rip + opaque]
  call once
  mov ecx, dword ptr [rip + opaque]
  mov edx, dword ptr [rip + opaque]
  call between
  mov ecx, dword ptr [rip + opaque]
  call overwritten
  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc
  .p2align 4, 0xCC
once:
  .seh_proc once
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  cmp ecx, 2
  je 1f
  lea eax, [rcx + 1]
  mov dword ptr [rip + opaque], eax
  ja 2f
1:
  lea rdx, [rip + table]
  mov eax, ecx
  mov r8d, dword ptr [rdx + 4*rax]
  mov edx, 48
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
2:
  add rsp, 40
  ret
  .seh_endproc
  .p2align 4, 0xCC
between:
  .seh_proc between
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  mov r8d, 0x41316354
  mov r9d, 0x42316354
  and ecx, 1
  cmp ecx, 1
  je 1f
  imul edx, edx
  cmovo r8d, r9d
1:
  mov edx, 56
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  add rsp, 40
  ret
  .seh_endproc
  .p2align 4, 0xCC
overwritten:
  .seh_proc overwritten
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  mov r8d, 0x43316354
  and ecx, 3
  cmp ecx, 2
  je 1f
  mov ecx, dword ptr [rip + opaque]
  jb 2f
  mov r8d, 0x44316354
  cmp ecx, 1
  je 2f
  mov r8d, 0x45316354
2:
  mov edx, 64
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
1:
  add rsp, 40
  ret
  .seh_endproc
  .section .rdata,"dr"
  .p2align 2
table:
  .long 0x41306354
  .long 0x42306354
  .long 0x43306354
  .long 0x44444444
  .data
  .p2align 2
opaque:
  .long 1
