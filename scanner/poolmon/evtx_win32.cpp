// Through the event log's own functions, which read files of other machines, too. wevtapi.dll is loaded when it is
// needed: most runs read no event log.
#include <windows.h>
// after windows.h
#include <winevt.h>

#include <memory>

#include "scanner/platform/win32.hpp"
#include "scanner/poolmon/evtx.hpp"

namespace scanner::poolmon {
namespace {

class Library {
 public:
  Library() : module_(::LoadLibraryExW(L"wevtapi.dll", nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32)) {
    if (module_ == nullptr) return;
    complete_ =
        find(query, "EvtQuery") && find(next, "EvtNext") && find(render, "EvtRender") && find(close, "EvtClose");
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() {
    if (module_ != nullptr) ::FreeLibrary(module_);
  }
  /// Are all four functions there?
  [[nodiscard]] bool complete() const { return complete_; }

  decltype(&::EvtQuery) query = nullptr;
  decltype(&::EvtNext) next = nullptr;
  decltype(&::EvtRender) render = nullptr;
  decltype(&::EvtClose) close = nullptr;

 private:
  template <typename Function>
  bool find(Function& function, const char* name) {
    function = reinterpret_cast<Function>(reinterpret_cast<void*>(::GetProcAddress(module_, name)));
    return function != nullptr;
  }
  HMODULE module_;
  bool complete_ = false;
};

class Handle {
 public:
  Handle(const Library& library, EVT_HANDLE handle) : library_(library), handle_(handle) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (handle_ != nullptr) library_.close(handle_);
  }
  [[nodiscard]] EVT_HANDLE get() const { return handle_; }

 private:
  const Library& library_;
  EVT_HANDLE handle_;
};

/// Empty when the event cannot be rendered.
std::string xml_of(const Library& library, EVT_HANDLE event) {
  DWORD used = 0, properties = 0;
  library.render(nullptr, event, EvtRenderEventXml, 0, nullptr, &used, &properties);
  constexpr DWORD kMost = 2U << 20;
  if (used == 0 || used > kMost) return {};
  std::wstring text(used / sizeof(wchar_t) + 1, L'\0');
  if (library.render(nullptr, event, EvtRenderEventXml, static_cast<DWORD>(text.size() * sizeof(wchar_t)), text.data(),
                     &used, &properties) == 0)
    return {};
  text.resize(text.find(L'\0'));
  return win32::utf8(text);
}

std::wstring query_text() {
  std::wstring text = L"*[System[(";
  for (const std::uint32_t number : evtx_numbers())
    text += (text.back() == L'(' ? L"EventID=" : L" or EventID=") + std::to_wstring(number);
  return text + L")]]";
}

}  // namespace

bool evtx_supported() { return true; }

pe::Result<EvtxCount> read_evtx(const std::string& path,
                                const std::function<void(std::string_view, std::uint64_t)>& take) {
  const Library library;
  if (!library.complete())
    return pe::Error{pe::Fault::unreadable, "cannot be read: this Windows has no event log functions (wevtapi.dll)"};
  const std::wstring file = path.empty() ? L"" : win32::api_path(path), query = query_text();
  const DWORD flags =
      (path.empty() ? DWORD{EvtQueryChannelPath} : DWORD{EvtQueryFilePath}) | DWORD{EvtQueryForwardDirection};
  const Handle results(library, library.query(nullptr, path.empty() ? L"System" : file.c_str(), query.c_str(), flags));
  if (results.get() == nullptr)
    return pe::Error{pe::Fault::malformed,
                     "cannot be read as an event log: " + win32::describe_error(::GetLastError())};
  EvtxCount counted;
  std::uint64_t record = 0;
  for (;;) {
    EVT_HANDLE event = nullptr;
    DWORD returned = 0;
    if (library.next(results.get(), 1, &event, INFINITE, 0, &returned) == 0 || returned == 0) break;
    const Handle one(library, event);
    const std::string xml = xml_of(library, one.get());
    if (xml.empty()) ++counted.unreadable;
    if (!xml.empty()) take(xml, ++record);
  }
  if (const DWORD error = ::GetLastError(); error != ERROR_NO_MORE_ITEMS && record == 0)
    return pe::Error{pe::Fault::malformed, "cannot be read as an event log: " + win32::describe_error(error)};
  return counted;
}

}  // namespace scanner::poolmon
