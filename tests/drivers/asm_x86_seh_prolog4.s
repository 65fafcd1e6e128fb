# __SEH_prolog4 and __SEH_epilog4 move the caller's esp and ebp. A local behind the frame holds one tag, the __except block,
# which only the scope table leads to, has another, and a third is the caller's.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
get:
  pushl $24
  pushl $scopes
  calll __SEH_prolog4
  movl $0x634C3453, -32(%ebp)
  andl $0, -4(%ebp)
  calll *__imp__KeQueryTimeIncrement@0
  pushl -32(%ebp)
  pushl $40
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
  movl $-2, -4(%ebp)
  jmp 1f
filter:
  movl $1, %eax
  ret
except:
  movl -24(%ebp), %esp
  pushl $0x78453453
  pushl $48
  pushl $0
  calll *__imp__ExAllocatePoolWithTag@12
  movl $-2, -4(%ebp)
1:
  pushl 8(%ebp)
  pushl $56
  pushl $512
  calll *__imp__ExAllocatePoolWithTag@12
  calll __SEH_epilog4
  ret $4
  .p2align 4, 0xCC
_DriverEntry@8:
  pushl $0x72413453
  calll get
  xorl %eax, %eax
  ret $8

  .p2align 4, 0xCC
__SEH_prolog4:
  pushl $handler
  pushl %fs:0
  movl 16(%esp), %eax
  movl %ebp, 16(%esp)
  leal 16(%esp), %ebp
  subl %eax, %esp
  pushl %ebx
  pushl %esi
  pushl %edi
  movl cookie, %eax
  xorl %eax, -4(%ebp)
  xorl %ebp, %eax
  pushl %eax
  movl %esp, -24(%ebp)
  pushl -8(%ebp)
  movl -4(%ebp), %eax
  movl $-2, -4(%ebp)
  movl %eax, -8(%ebp)
  leal -16(%ebp), %eax
  movl %eax, %fs:0
  ret
  .p2align 4, 0xCC
__SEH_epilog4:
  movl -16(%ebp), %ecx
  movl %ecx, %fs:0
  popl %ecx
  popl %edi
  popl %edi
  popl %esi
  popl %ebx
  movl %ebp, %esp
  popl %ebp
  pushl %ecx
  ret
handler:
  xorl %eax, %eax
  ret
  .data
cookie: .long 0xBB40E64E
  .section .rdata,"dr"
  .p2align 2
scopes:
  .long -2, 0, -48, 0, -2, filter, except
