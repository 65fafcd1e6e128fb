# The selector, then code at RVA 0x3000 of the shell, whose base is 0x40000000: slots stand at RVA 0x1200.
  .intel_syntax noprefix
  .byte 1
  push 0x6B61654C
  push 0x40
  push 0
  call dword ptr ds:[0x40001200]
  push 0x6B61654C
  push eax
  call dword ptr ds:[0x40001204]
  mov esi, dword ptr ds:[0x40001200]
  push dword ptr ds:[0x40002000]
  push 1
  push 1
  call esi
  ret 8
