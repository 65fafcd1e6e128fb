// Small blocks of memory that a thread has freed are those that it gets next. A trace makes and frees thousands of
// them, and the C library's ways to put freed memory together again, and its locks, take a tenth of a survey. A block
// is one of malloc()'s in every case: what a thread has no room for goes back there, and so does what is deleted
// without its size. Part of the program, not of the libraries: whoever uses those decides for himself.
#include <array>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

constexpr std::size_t kLargest = 1000;         // bytes of a block
constexpr std::size_t kMostKept = 2U << 20;    // bytes of all that one thread keeps
constexpr std::size_t kStep = 16, kSpare = 8;  // malloc() gives out so many bytes, and multiples of the step more

constexpr std::size_t class_of(std::size_t bytes) { return (bytes + kStep - kSpare - 1) / kStep; }
constexpr std::size_t bytes_of(std::size_t size_class) { return size_class * kStep + kSpare; }

struct Block {
  Block* next;
};

/// Has no destructor: other objects of the thread may free memory when it has ended.
struct Kept {
  std::array<Block*, class_of(kLargest) + 1> first{};  // by class
  std::size_t bytes = kMostKept;                       // until the first block is freed: as if nothing had room
  bool begun = false;
};
constinit thread_local Kept kept;

/// Gives back what the thread keeps when it ends.
struct AtEnd {
  bool known = false;
  ~AtEnd() {
    for (Block*& first : kept.first) {
      while (Block* block = first) {
        first = block->next;
        std::free(block);
      }
    }
    kept.bytes = kMostKept;
  }
};
thread_local AtEnd at_end;

void* allocate(std::size_t bytes) {
  while (true) {
    if (void* memory = std::malloc(bytes)) return memory;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}

/// There seems to be no room: because nothing was kept before, or there is none.
void free_or_begin(void* memory) {
  if (!kept.begun) {
    kept.begun = true;
    kept.bytes = 0;
    at_end.known = true;  // it is made when it is named first
  }
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t bytes) {
  if (bytes > kLargest) return allocate(bytes);
  const std::size_t size_class = class_of(bytes);
  Block*& first = kept.first[size_class];
  if (first == nullptr) return allocate(bytes_of(size_class));
  Block* block = first;
  first = block->next;
  kept.bytes -= bytes_of(size_class);
  return block;
}

void operator delete(void* memory) noexcept { std::free(memory); }

void operator delete(void* memory, std::size_t bytes) noexcept {
  if (memory == nullptr) return;
  if (bytes > kLargest) return std::free(memory);
  if (kept.bytes >= kMostKept) return free_or_begin(memory);
  const std::size_t size_class = class_of(bytes);
  kept.first[size_class] = new (memory) Block{kept.first[size_class]};
  kept.bytes += bytes_of(size_class);
}
