# Loops with two exits: the next index is computed, this one compared, and then it becomes the other; or a distance from the
# counter is compared, while a pointer walks. A counter that lies in the high byte, of which a mask leaves all there is.
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
  mov ecx, dword ptr [rip + stops]
  call index
  mov ecx, dword ptr [rip + stops]
  call distance
  call masked
  lea rax, [rip + names]
  mov qword ptr [rip + kept], rax
  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc
  .p2align 4, 0xCC
index:
  .seh_proc index
  push rsi
  .seh_pushreg rsi
  push rdi
  .seh_pushreg rdi
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  mov esi, ecx
  xor edi, edi
1:
  lea rax, [rip + tags]
  mov r8d, dword ptr [rax + 4*rdi]
  mov edx, 48
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  cmp esi, 77
  je 2f
  lea eax, [rdi + 1]
  cmp edi, 2
  mov edi, eax
  jb 1b
2:
  add rsp, 40
  pop rdi
  pop rsi
  ret
  .seh_endproc
  .p2align 4, 0xCC
distance:
  .seh_proc distance
  push rsi
  .seh_pushreg rsi
  push rdi
  .seh_pushreg rdi
  push rbx
  .seh_pushreg rbx
  sub rsp, 32
  .seh_stackalloc 32
  .seh_endprologue
  mov esi, ecx
  mov edi, 17
  lea rbx, [rip + rows]
1:
  mov r8d, dword ptr [rbx]
  mov edx, 56
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  cmp esi, 77
  je 2f
  lea rax, [rdi - 16]
  add rdi, 1
  add rbx, 16
  cmp rax, 2
  jb 1b
2:
  add rsp, 32
  pop rbx
  pop rdi
  pop rsi
  ret
  .seh_endproc
  .p2align 4, 0xCC
masked:
  .seh_proc masked
  push rbx
  .seh_pushreg rbx
  sub rsp, 32
  .seh_stackalloc 32
  .seh_endprologue
  xor ebx, ebx
1:
  mov r8d, ebx
  and r8d, 0x7000000
  add r8d, 0x30306354
  mov edx, 64
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  add ebx, 0x2000000
  cmp ebx, 0x8000000
  jne 1b
  add rsp, 32
  pop rbx
  ret
  .seh_endproc
  .section .rdata,"dr"
  .p2align 2
tags:
  .long 0x41616354
  .long 0x42616354
  .long 0x43616354
names:
  .long 0x4E616354
  .long 0x4F616354
  .long 0x12345678
rows:
  .long 0x44616354
  .long 0x50616354
  .long 0
  .long 1
  .long 0x45616354
  .long 0x51616354
  .long 0
  .long 2
  .long 0x52616354
  .long 0x53616354
  .data
  .p2align 3
kept:
  .quad 0
stops:
  .long 1
