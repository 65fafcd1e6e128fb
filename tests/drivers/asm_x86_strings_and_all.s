# Instructions that touch many things at once: pushal and popal, the flags, string moves and stores, and a call that only
# asks where it is.
  .text
  .globl _DriverEntry@8
  .def _DriverEntry@8; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
note:
  movl 4(%esp), %eax
  ret $4
_DriverEntry@8:
  pushl %ebx
  pushl %esi
  pushl %edi
# What popal brings back is what pushal kept.
  movl $0x31416C41, %esi
  pushal
  movl $0x304E6C41, %esi
  pushl %esi
  calll note
  popal
  pushl %esi
  pushl $16
  pushl $0
  calll *__imp__ExAllocatePoolWithTag@12
# eax lies 28 bytes above the stack pointer behind pushal.
  movl $0x32426C41, %eax
  pushal
  xorl %eax, %eax
  movl 28(%esp), %edx
  addl $32, %esp
  pushl %edx
  pushl $32
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
# The flags come and go.
  pushl $0x33436C41
  pushl $48
  pushfl
  cli
  popfl
  pushl $1
  calll *__imp__ExAllocatePoolWithTag@12
# Two words are copied onto the stack: the tag, and the bytes.
  subl $8, %esp
  movl $words, %esi
  movl %esp, %edi
  cld
  movsl
  movsl
  popl %eax
  popl %ecx
  pushl %eax
  pushl %ecx
  pushl $0
  calll *__imp__ExAllocatePoolWithTag@12
# A word is stored through edi, and then one byte of it.
  subl $4, %esp
  movl %esp, %edi
  movl $0x30456C41, %eax
  stosl
  popl %eax
  pushl %eax
  pushl $80
  pushl $0
  calll *__imp__ExAllocatePoolWithTag@12
  pushl $0x304E6C78
  movl %esp, %edi
  movb $0x46, %al
  stosb
  pushl $96
  pushl $0
  calll *__imp__ExAllocatePoolWithTag@12
# Where am I? The tag lies behind.
  calll 1f
1:
  popl %ebx
  pushl last-1b(%ebx)
  pushl $112
  pushl $0
  calll *__imp__ExAllocatePoolWithTag@12
  xorl %eax, %eax
  popl %edi
  popl %esi
  popl %ebx
  ret $8
  .p2align 2, 0xCC
last:
  .long 0x37476C41
  .section .rdata,"dr"
  .p2align 2
words:
  .long 0x34446C41, 64
