// The source of one driver for measuring: poolwho_bench_base SEED FUNCTIONS >base.c
// Mostly code that has nothing to do with pools, as in real drivers; on average one allocation per 12 KB of code, half
// of them through a wrapper; texts, tables, a constant table of tags; one allocation with 'BnCh' (see make_tree.cpp).
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

/// xorshift64*: the same numbers on every machine.
std::uint32_t next(std::uint64_t& state) {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return static_cast<std::uint32_t>((state * 0x2545F4914F6CDD1DULL) >> 33);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::uint64_t state = std::strtoull(argv[1], nullptr, 10) * 0x9E3779B97F4A7C15ULL + 1;
  const unsigned functions = static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10));
  std::printf(
      "#include \"kernel.h\"\n"
      "volatile unsigned sink; static unsigned data[4096] = {1, 2, 3};\n"
      "__attribute__((noinline)) static void* get(SIZE_T size, ULONG tag) {\n"
      "  void* p = ExAllocatePoolWithTag(NonPagedPool, size, tag); if (p) sink += 1; return p; }\n");
  for (unsigned f = 0; f < functions; ++f) {
    std::printf("static const char text%u[] = \"Routine %u of a driver for measuring, status %%08x\\n\";\n", f, f);
    std::printf(
        "__attribute__((noinline)) unsigned f%u(unsigned a, unsigned b, const unsigned* p) {\n  unsigned r = a;\n", f);
    const unsigned statements = 6 + next(state) % 30;
    for (unsigned s = 0; s < statements; ++s) {
      const unsigned k = next(state);
      switch (next(state) % 7) {
        case 0: std::printf("  if (r > 0x%x) r = r * 0x%x + b; else r ^= p[%u];\n", k & 0xFFFFF, k | 1, k % 60); break;
        case 1:
          std::printf("  for (unsigned i = 0; i < (b & 0x%x); ++i) r += p[i %% 60] ^ (r << %u);\n", k & 63, k % 31);
          break;
        case 2: std::printf("  data[%u] += r; sink = data[(r ^ 0x%x) %% 4096];\n", k % 4096, k); break;
        case 3:
          if (f > 0) std::printf("  r += f%u(r, 0x%x, p);\n", k % f, k & 0xFFFF);
          break;
        case 4: std::printf("  sink += text%u[r %% sizeof text%u];\n", f, f); break;
        case 5: std::printf("  r = (r >> %u) | (r << %u);\n", k % 31 + 1, 31 - k % 31); break;
        default:
          std::printf(
              "  switch (r %% 5) { case 0: r += %u; break; case 1: r ^= b; break; case 2: r -= p[1]; break; }\n", k);
          break;
      }
    }
    if (next(state) % 14 == 0) {
      const unsigned k = next(state);
      const char tag[4] = {static_cast<char>('a' + k % 26), static_cast<char>('a' + (k >> 5) % 26),
                           static_cast<char>('0' + (k >> 10) % 10), static_cast<char>('Z' - (k >> 14) % 26)};
      std::printf("  void* q = %s%u, '%.4s'); if (q) { sink += r; ExFreePoolWithTag(q, '%.4s'); }\n",
                  k % 2 == 0 ? "get(" : "ExAllocatePoolWithTag(PagedPool, ", 16 + k % 4000, tag, tag);
    }
    std::printf("  return r;\n}\n");
  }
  std::printf(
      "DRIVER_ENTRY {\n  (void)driver; (void)registry_path;\n  unsigned r = sink;\n"
      "  void* q = ExAllocatePoolWithTag(NonPagedPool, 128, 'hCnB'); if (q) r += 1;\n");
  for (unsigned f = 0; f < functions; ++f) std::printf("  r += f%u(r, %u, data);\n", f, f);
  std::printf("  sink = r; return 0;\n}\n");
}
