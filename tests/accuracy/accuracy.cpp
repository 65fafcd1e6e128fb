// Precision and recall of the tracer over every test driver, and the census beside it.
//   poolwho_accuracy BUILT_DRIVERS SOURCES [--known FILE] [--min-recall PERCENT]
// Fails when a tag is missed, accused wrongly, described wrongly, when a driver or a truth file is missing, or when the
// census counts other call sites than the account. Misses listed in FILE must be misses; with --min-recall (for
// generated drivers) misses fail only together. Beside our figures stand those of a byte search and of a look-back over
// the ten instructions before each call, which is what existing scripts do.
#include <algorithm>
#include <boost/filesystem.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "scanner/scan/scan_file.hpp"
#include "scanner/trace/trace.hpp"
#include "tests/accuracy/look_back.hpp"
#include "tests/accuracy/truth.hpp"
#include "tests/census/census.hpp"

namespace fs = boost::filesystem;
namespace trace = scanner::trace;

namespace {

struct Score {
  unsigned expected = 0, found = 0, wrong = 0, misdescribed = 0, byte_hits = 0, look_back = 0;
  trace::BucketCounts buckets;

  void add(const Score& other) {
    expected += other.expected;
    found += other.found;
    wrong += other.wrong;
    misdescribed += other.misdescribed;
    byte_hits += other.byte_hits;
    look_back += other.look_back;
    buckets.add(other.buckets);
  }
};

bool charges(trace::Evidence evidence) { return evidence <= trace::Evidence::configures; }

std::string evidence_word(const trace::TagUse& use) {
  return charges(use.evidence) && !use.charges_pool ? "uncharged" : std::string(trace::to_string(use.evidence));
}

/// Empty when some use meets the expectation, else what is missing.
std::string missing(const accuracy::Expectation& expectation, const std::vector<trace::TagUse>& uses,
                    const tagdb::ApiTable& apis) {
  std::string closest = "no such use";
  for (const trace::TagUse& use : uses) {
    if (use.tag != expectation.tag || evidence_word(use) != expectation.evidence) continue;
    const std::string pool(trace::to_string(use.pool));
    const std::string api = use.row >= 0 ? apis.rows[static_cast<std::size_t>(use.row)].name : "";
    if (expectation.certainty && *expectation.certainty != trace::to_string(use.certainty)) {
      closest = "certainty is " + std::string(trace::to_string(use.certainty));
    } else if (expectation.pool && *expectation.pool != pool) {
      closest = "pool is '" + pool + "'";
    } else if (expectation.bytes && use.bytes != expectation.bytes) {
      closest = "bytes is " + (use.bytes ? std::to_string(*use.bytes) : "unknown");
    } else if (expectation.api && *expectation.api != api) {
      closest = "api is " + api;
    } else if (expectation.protected_bit != use.protected_bit) {
      closest = use.protected_bit ? "protected" : "not protected";
    } else {
      return {};
    }
  }
  return closest;
}

Score judge(const fs::path& driver, const std::vector<accuracy::Expectation>& truth, std::vector<std::string>& failures,
            std::set<std::string>& misses) {
  std::ifstream in(driver.string(), std::ios::binary);
  const std::vector<char> bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto image = pe::Image::open({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  if (!image) throw std::runtime_error(driver.string() + ": " + image.error().message);
  const auto& apis = tagdb::builtin_api_table();
  scanner::ScannedFile file;
  file.file.path = driver.string();
  file.trace = trace::trace(image.value(), apis);
  scanner::predict_kmdf_tag(apis, file);
  const trace::TraceResult& result = file.trace;
  Score score;
  score.buckets = result.counts(trace::SiteKind::allocate);
  const auto backwards = accuracy::look_back(image.value());
  const auto fail = [&](const std::string& what) {
    failures.push_back(driver.parent_path().filename().string() + "/" + driver.filename().string() + ": " + what);
  };
  for (const accuracy::Expectation& expectation : truth) {
    score.byte_hits += trace::TagSearch({expectation.tag}).any(image.value().file()) ? 1 : 0;
    if (expectation.evidence == "absent" || expectation.evidence == "unproven") {
      for (const trace::TagUse& use : result.uses) {
        const bool spared = expectation.evidence == "unproven" && use.certainty == trace::Certainty::assumed;
        if (use.tag == expectation.tag && use.evidence < trace::Evidence::constant && !spared) {
          ++score.wrong;
          fail("'" + use.tag.text() + "' must be " + expectation.evidence + ", is " + evidence_word(use));
        }
      }
      continue;
    }
    ++score.expected;
    score.look_back += backwards.contains(expectation.tag.value()) ? 1 : 0;
    const std::string why = missing(expectation, result.uses, apis);
    const bool seen = std::any_of(result.uses.begin(), result.uses.end(), [&](const trace::TagUse& use) {
      return use.tag == expectation.tag && evidence_word(use) == expectation.evidence;
    });
    score.found += seen ? 1 : 0;
    if (why.empty()) continue;
    if (!seen) {
      misses.insert(driver.parent_path().filename().string() + "/" + driver.stem().string() + " " +
                    expectation.tag.text() + " " + expectation.evidence);
      continue;
    }
    ++score.misdescribed;
    fail("'" + expectation.tag.text() + "' " + expectation.evidence + " (truth line " +
         std::to_string(expectation.line) + "): " + why);
  }
  for (const trace::TagUse& use : result.uses) {
    if (!charges(use.evidence) || !use.charges_pool) continue;
    const bool known = std::any_of(truth.begin(), truth.end(), [&use](const accuracy::Expectation& expectation) {
      const bool judged = expectation.evidence == trace::to_string(use.evidence) || expectation.evidence == "unproven";
      return expectation.tag == use.tag && judged;
    });
    if (!known) {
      ++score.wrong;
      fail("'" + use.tag.text() + "' " + evidence_word(use) + " is reported and stands not in the truth file");
    }
  }
  const auto difference = census::compare(image.value(), census::take(image.value(), apis), result);
  for (const auto rva : difference.only_census) fail("census has a site the account lacks: " + std::to_string(rva));
  for (const auto rva : difference.only_account) fail("account has a site the census lacks: " + std::to_string(rva));
  return score;
}

std::set<std::string> read_known(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error(path + ": cannot be read");
  std::set<std::string> known;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line[0] != '#') known.insert(line);
  }
  return known;
}

std::set<std::string> words_of(const std::string& build) {
  std::set<std::string> words;
  for (std::size_t at = 0; at <= build.size();) {
    const auto end = std::min(build.find('-', at), build.size());
    words.insert(build.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

void print(const std::string& name, const Score& score) {
  std::printf("%-26s %8u %6u %6u %6u %6u %6u  ", name.c_str(), score.expected, score.found, score.wrong,
              score.misdescribed, score.byte_hits, score.look_back);
  for (std::size_t i = 0; i < trace::kBucketCount; ++i) std::printf(" %5u", score.buckets.count[i]);
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 3) {
    std::fprintf(stderr, "usage: poolwho_accuracy BUILT_DRIVERS SOURCES [--known FILE] [--min-recall PERCENT]\n");
    return 2;
  }
  const fs::path built = argv[1], sources = argv[2];
  std::set<std::string> known, misses;
  double min_recall = -1;
  for (int i = 3; i + 1 < argc; i += 2) {
    if (std::string(argv[i]) == "--known") known = read_known(argv[i + 1]);
    if (std::string(argv[i]) == "--min-recall") min_recall = std::stod(argv[i + 1]);
  }
  std::map<std::string, Score> by_pattern, by_build;
  std::vector<std::string> failures;
  std::size_t drivers = 0;
  for (const auto& folder : fs::directory_iterator(built)) {
    const std::string build = folder.path().filename().string();
    const std::set<std::string> words = words_of(build);
    if (!fs::is_directory(folder.path()) || words.size() != 3) continue;
    for (const auto& file : fs::directory_iterator(folder)) {
      const std::string name = file.path().stem().string();
      const bool current = fs::exists(sources / (name + ".c")) || fs::exists(sources / (name + ".s"));
      if (file.path().extension() != ".sys" || !current) continue;  // left over from an older build
      const auto truth = accuracy::read_truth((sources / (name + ".truth")).string(), words);
      const Score score = judge(file.path(), truth, failures, misses);
      by_pattern[name].add(score);
      by_build[build].add(score);
      ++drivers;
    }
  }
  std::ifstream count_file((built / "count.txt").string());
  std::size_t expected_drivers = 0;
  count_file >> expected_drivers;
  Score total;
  std::printf("%-26s %8s %6s %6s %6s %6s %6s   %s\n", "pattern", "expected", "found", "wrong", "other", "bytes",
              "lookbk", "const  forw table untag  susp   dyn");
  for (const auto& [name, score] : by_pattern) {
    print(name, score);
    total.add(score);
  }
  std::printf("\n");
  for (const auto& [name, score] : by_build) print(name, score);
  print("total", total);
  const double reported = total.found + total.wrong;
  const double recall = total.expected > 0 ? 100.0 * total.found / total.expected : 0.0;
  std::printf("\n%zu drivers, precision %.2f %%, recall %.2f %% (a look-back over ten instructions: %.2f %%)\n",
              drivers, reported > 0 ? 100.0 * total.found / reported : 0.0, recall,
              total.expected > 0 ? 100.0 * total.look_back / total.expected : 0.0);
  for (const std::string& miss : misses) {
    if (known.contains(miss)) continue;
    std::printf("%s %s: not found\n", min_recall < 0 ? "FAILED" : "missed", miss.c_str());
    if (min_recall < 0) failures.push_back(miss);
  }
  for (const std::string& line : known) {
    if (!misses.contains(line)) failures.push_back(line + ": is found now, remove it from the known misses");
  }
  for (const std::string& failure : failures) std::printf("FAILED %s\n", failure.c_str());
  if (drivers != expected_drivers || drivers == 0) {
    std::printf("FAILED %zu drivers were built, %zu judged\n", expected_drivers, drivers);
    return 1;
  }
  if (min_recall >= 0 && recall < min_recall) {
    std::printf("FAILED recall is below %.1f %%\n", min_recall);
    return 1;
  }
  return failures.empty() ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "poolwho_accuracy: %s\n", error.what());
  return 1;
}
