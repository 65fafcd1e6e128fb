// Texts that are no logs of pools, made from templates: other tools' tables, code, prose, lists. None may give a
// snapshot.
#include <doctest/doctest.h>

#include <random>

#include "log_reading.hpp"

using namespace log_reading;

namespace {

class Texts {
 public:
  explicit Texts(unsigned seed) : random_(seed) {}

  std::size_t number(std::size_t most) { return random_() % most; }
  std::string digits(std::size_t most) { return std::to_string(number(most)); }
  template <std::size_t N>
  std::string pick(const char* const (&words)[N]) {
    return words[number(N)];
  }
  /// Four letters, as tags and many other codes have.
  std::string code() {
    static constexpr const char* kCodes[] = {"Blue", "Abcd", "Tags", "Pool", "File", "Leak", "Proc",
                                             "Mon1", "ZX80", "main", "Wien", "Jack", "Nuts", "edge",
                                             "test", "Port", "Unit", "Mdl ", "Data", "Home"};
    return pick(kCodes);
  }
  std::string name() {
    static constexpr const char* kNames[] = {"svchost.exe", "explorer.exe", "ntfs",         "tcpip.sys",
                                             "System",      "chrome",       "sqlservr.exe", "lsass",
                                             "disk.sys",    "README.md",    "kernel",       "initrd.img"};
    return pick(kNames);
  }
  std::string word() {
    static constexpr const char* kWords[] = {"this",   "that",   "pool", "swim",     "tags",       "used",
                                             "paged",  "when",   "with", "free",     "count",      "bytes",
                                             "size",   "from",   "type", "machine",  "leak",       "driver",
                                             "report", "memory", "and",  "nonpaged", "allocation", "system"};
    return pick(kWords);
  }

 private:
  std::mt19937 random_;
};

using Row = std::string (*)(Texts&);
struct Template {
  const char* name;
  const char* heading;
  Row row;
};

const Template kTemplates[] = {
    {"tasklist",
     "Image Name                     PID Session Name        Session#    Mem Usage\n========================= ======== "
     "================ =========== ============\n",
     [](Texts& t) {
       return t.name() + "      " + t.digits(9999) + " Services                   0     " + t.digits(999) + "," +
              std::to_string(100 + t.number(899)) + " K";
     }},
    {"ps", "  PID TTY      STAT   TIME COMMAND\n",
     [](Texts& t) {
       return "  " + t.digits(9999) + " ?        Ss     0:" + std::to_string(10 + t.number(49)) + " " + t.name();
     }},
    {"ps aux", "USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n",
     [](Texts& t) {
       return t.code() + "  " + t.digits(9999) + "  0.0  0.1  " + t.digits(99999) + " " + t.digits(9999) +
              " ?  S  10:00  0:00 " + t.name();
     }},
    {"top", "  PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n",
     [](Texts& t) {
       return t.digits(9999) + " " + t.code() + "  20   0  " + t.digits(999999) + " " + t.digits(9999) + " " +
              t.digits(999) + " S   0.3   0.1   0:01.00 " + t.name();
     }},
    {"df", "Filesystem     1K-blocks      Used Available Use% Mounted on\n",
     [](Texts& t) {
       return "/dev/" + t.code() + " " + t.digits(99999999) + " " + t.digits(9999999) + " " + t.digits(9999999) +
              " 12% /" + t.code();
     }},
    {"free", "               total        used        free      shared  buff/cache   available\n",
     [](Texts& t) {
       return "Mem:  " + t.digits(99999999) + " " + t.digits(9999999) + " " + t.digits(999999) + " " + t.digits(9999) +
              " " + t.digits(99999) + " " + t.digits(9999999);
     }},
    {"netstat", "  Proto  Local Address          Foreign Address        State           PID\n",
     [](Texts& t) {
       return "  TCP    10.0.0." + t.digits(255) + ":" + t.digits(65535) + "     10.1.0." + t.digits(255) +
              ":443   ESTABLISHED     " + t.digits(9999);
     }},
    {"drivers",
     "Module Name  Display Name           Driver Type   Link Date\n============ ====================== ============= "
     "======================\n",
     [](Texts& t) {
       return t.code() + "         " + t.name() + "           Kernel        " + std::to_string(1 + t.number(12)) +
              "/14/2009 4:" + std::to_string(10 + t.number(49)) + ":00 PM";
     }},
    {"lm", "start             end                 module name\n",
     [](Texts& t) {
       return "fffff802`" + std::to_string(10000000 + t.number(89999999)) + " fffff802`4e" +
              std::to_string(100000 + t.number(899999)) + "   " + t.code() + "       (deferred)";
     }},
    {"!process", "**** NT ACTIVE PROCESS DUMP ****\n",
     [](Texts& t) {
       return "PROCESS ffff" + t.digits(99999999) + "  SessionId: " + t.digits(3) + "  Cid: " + t.digits(9999) +
              "    Peb: 00000000  ParentCid: " + t.digits(9999) + "\n    Image: " + t.name() +
              "\n    QuotaPoolUsage[PagedPool]         " + t.digits(999999) +
              "\n    QuotaPoolUsage[NonPagedPool]      " + t.digits(99999);
     }},
    {"counters",
     "\"(PDH-CSV 4.0)\",\"\\\\HOST\\Processor(_Total)\\% Processor Time\",\"\\\\HOST\\Process(x)\\Pool Paged Bytes\"\n",
     [](Texts& t) {
       return "\"03/05/2026 10:" + std::to_string(10 + t.number(49)) + ":00.000\",\"" + t.digits(100) + ".5\",\"" +
              t.digits(99999) + "\"";
     }},
    {"dir", " Volume in drive C is Data\n Directory of C:\\Temp\n\n",
     [](Texts& t) {
       return "03/0" + std::to_string(1 + t.number(8)) + "/2026  10:00 AM        " + t.digits(999) + "," +
              std::to_string(100 + t.number(899)) + " " + t.name();
     }},
    {"ls", "total 48\n",
     [](Texts& t) { return "-rw-r--r-- 1 " + t.code() + " users " + t.digits(99999) + " Mar  5 10:00 " + t.name(); }},
    {"git log", "",
     [](Texts& t) {
       return "commit " + t.digits(99999999) + "abcdef\nAuthor: " + t.code() +
              "\nDate:   Thu Mar 5 10:00:00 2026 +0100\n\n    Tag " + t.word() + " " + t.word() + " " + t.digits(99) +
              "\n";
     }},
    {"docker images", "REPOSITORY          TAG       IMAGE ID       CREATED        SIZE\n",
     [](Texts& t) {
       return t.name() + "              " + t.code() + "      " + t.digits(99999999) + "ab   2 weeks ago    " +
              t.digits(999) + "MB";
     }},
    {"docker hub", "TAG        SIZE\n",
     [](Texts& t) { return t.code() + "       " + t.digits(99) + "." + t.digits(99) + " MB"; }},
    {"sales", "Code,Region,Units,Price,Total\n",
     [](Texts& t) { return t.code() + ",North," + t.digits(999) + "," + t.digits(99) + ".5," + t.digits(99999); }},
    {"sales by tag", "Tag;Stadt;Umsatz;Anzahl\n",
     [](Texts& t) { return t.code() + ";Wien;" + t.digits(9999) + ";" + t.digits(99); }},
    {"stock", "Product   Type    Count   Size\n",
     [](Texts& t) { return t.code() + "      Retail  " + t.digits(999) + "     " + t.digits(99); }},
    {"tags of a blog", "Tag      Posts    Views\n",
     [](Texts& t) { return t.code() + "     " + t.digits(99) + "       " + t.digits(9999); }},
    {"typed tags", "Tag,Type,Count,Size\n",
     [](Texts& t) { return t.code() + ",Retail," + t.digits(99) + "," + t.digits(9999); }},
    {"C", "#include <ntddk.h>\n",
     [](Texts& t) {
       return "  buffer = ExAllocatePoolWithTag(NonPagedPool, " + t.digits(4096) + ", '" + t.code() +
              "');\n  if (count > " + t.digits(99) + ") return STATUS_INSUFFICIENT_RESOURCES;";
     }},
    {"C table", "static const struct { const char* tag; int paged, nonpaged; } rows[] = {\n",
     [](Texts& t) { return "  {\"" + t.code() + "\", " + t.digits(999) + ", " + t.digits(999) + "},"; }},
    {"JSON", "",
     [](Texts& t) {
       return "{\"tag\":\"" + t.code() + "\",\"size\":" + t.digits(9999) + ",\"count\":" + t.digits(99) + "}";
     }},
    {"YAML", "images:\n",
     [](Texts& t) { return "  - name: " + t.name() + "\n    tag: " + t.code() + "\n    size: " + t.digits(9999); }},
    {"list of objects", "",
     [](Texts& t) { return "Tag   : " + t.code() + "\nName  : " + t.name() + "\nSize  : " + t.digits(9999) + "\n"; }},
    {"prose", "",
     [](Texts& t) {
       std::string out;
       for (int i = 0; i < 12; ++i) out += t.word() + " ";
       return out + t.digits(99) + " " + t.word() + ".";
     }},
    {"prose with figures", "",
     [](Texts& t) {
       return "The " + t.code() + " tag used " + t.digits(999) + " MB of " + t.word() + " pool after " + t.digits(99) +
              " hours and " + t.digits(9) + " restarts.";
     }},
    {"pooltag.txt", "rem\n",
     [](Texts& t) { return t.code() + " - nt!" + t.word() + "    - " + t.word() + " " + t.word(); }},
    {"memory map", "Base Address       Type     Size    Protection\n",
     [](Texts& t) {
       return "0000" + std::to_string(10000000 + t.number(89999999)) + "  Private  " + t.digits(9999) +
              " K  Read/Write";
     }},
    {"handles",
     "Handles  NPM(K)    PM(K)      WS(K)     CPU(s)     Id  SI ProcessName\n-------  ------    -----      -----     "
     "------     --  -- -----------\n",
     [](Texts& t) {
       return "    " + t.digits(999) + "      " + t.digits(99) + "    " + t.digits(9999) + "      " + t.digits(9999) +
              "       0.17   " + t.digits(9999) + "   0 " + t.code();
     }},
    {"chess", "",
     [](Texts& t) {
       return std::to_string(1 + t.number(60)) + ". Nf3 Nc6 " + t.digits(9) + "-" + t.digits(9) + " " + t.code();
     }},
    {"bus", "Line  Type   Mon   Tue   Wed   Thu   Fri\n",
     [](Texts& t) { return t.code() + "  Paged  " + t.digits(24) + " " + t.digits(24) + " " + t.digits(24); }}};

}  // namespace

TEST_CASE("three hundred texts that are no logs give no snapshot") {
  std::size_t texts = 0;
  for (unsigned seed = 1; seed <= 10; ++seed) {
    for (const Template& one : kTemplates) {
      Texts random(seed * 1000 + static_cast<unsigned>(texts));
      std::string text = seed % 3 == 0 ? "Hello,\nmy server leaks. Here is what I have:\n\n" : "";
      text += one.heading;
      const std::size_t lines = 2 + random.number(12);
      for (std::size_t i = 0; i < lines; ++i) text += one.row(random) + (seed % 4 == 0 ? "\r\n" : "\n");
      if (seed % 5 == 0) text += "\nIs that normal?\n";
      const Read log = read(text);
      CHECK_MESSAGE(log.snapshots.empty(), one.name, "\n", text);
      ++texts;
    }
  }
  CHECK(texts >= 300);
}
