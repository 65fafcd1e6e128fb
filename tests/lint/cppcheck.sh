#!/usr/bin/env bash
# cppcheck has nothing to say about the code.   cppcheck.sh SOURCE
set -euo pipefail
cd "$1"
cppcheck --std=c++20 --enable=warning,performance,portability --inline-suppr --suppress=missingIncludeSystem \
  --error-exitcode=1 --quiet -j"$(nproc)" -DPOOLWHO_VERSION='"0"' -D__linux__ -I . pe tagdb scanner
