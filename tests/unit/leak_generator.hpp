// Pools of made-up machines: tags with a known shape, for the tests of detection. One seed gives one machine.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "scanner/poolmon/snapshot.hpp"

namespace leak_generator {

using scanner::poolmon::Pool;
using scanner::poolmon::Row;
using scanner::poolmon::Snapshot;

enum class Kind { constant, noisy, wandering, step, stairs, sawtooth, plateau, burst, falling, leak, wild };

/// One tag's outstanding blocks at every snapshot.
class Tag {
 public:
  Tag(tagdb::PoolTag name, Kind shape, std::mt19937& random, std::size_t snapshots, double leak_blocks = 0,
      std::int64_t block = 0)
      : kind(shape), tag_(name), snapshots_(snapshots), leak_blocks_(leak_blocks) {
    const auto uniform = [&random](double low, double high) {
      return std::uniform_real_distribution<double>(low, high)(random);
    };
    base_ = std::exp(uniform(std::log(20), std::log(200000)));
    block_ = block != 0 ? block : 16 * static_cast<std::int64_t>(std::exp(uniform(0, 6)));
    noise_ = uniform(0.001, 0.06);
    at_ = uniform(0.15, 0.85) * static_cast<double>(snapshots);
    size_ = uniform(0.3, 3);
    // Stairs have fewer steps than there are snapshots, and a tooth ends within them: what does not is a slope to
    // everybody.
    const double steps = static_cast<double>(snapshots) - 1;
    period_ = uniform(2, std::max(2.5, std::min(steps, 0.95 * static_cast<double>(snapshots))));
    phase_ = uniform(0, period_);
    pool_ = uniform(0, 1) < 0.5 ? Pool::nonpaged : Pool::paged;
    stairs_ = static_cast<int>(uniform(2, snapshots < 8 ? std::max(2.5, steps + 1) : 4));
    churn_ = uniform(0.5, 30);
    if (kind == Kind::leak) churn_ *= leak_blocks / base_;
    allocs_ = base_ * uniform(1, 50);
  }

  Row row(std::size_t step, std::mt19937& random) {
    const double t = static_cast<double>(step);
    const auto normal = [&random] { return std::normal_distribution<double>(0, 1)(random); };
    double level = base_;
    switch (kind) {
      case Kind::constant: break;
      case Kind::noisy: level *= 1 + noise_ * normal(); break;
      case Kind::wandering:  // leans back to its level
        drift_ = 0.6 * drift_ + noise_ * normal();
        level *= 1 + drift_;
        break;
      case Kind::step: level *= (t >= at_ ? 1 + size_ : 1) * (1 + 0.3 * noise_ * normal()); break;
      case Kind::stairs: {
        const double each = static_cast<double>(snapshots_) / stairs_;
        level *= (1 + size_ * std::floor(t / each)) * (1 + 0.1 * noise_ * normal());
        break;
      }
      case Kind::sawtooth:
        level *= 1 + size_ * std::fmod(t + phase_, period_) / period_ + 0.2 * noise_ * normal();
        break;
      case Kind::plateau:
        level *=
            1 + size_ * 3 * (1 - std::exp(-t / (0.15 * static_cast<double>(snapshots_)))) + 0.1 * noise_ * normal();
        break;
      case Kind::burst: level *= 1 + (std::fabs(t - at_) < 1 ? size_ : 0) + 0.2 * noise_ * normal(); break;
      case Kind::falling: level *= 1.5 - 0.5 * t / static_cast<double>(snapshots_) + 0.1 * noise_ * normal(); break;
      case Kind::wild: level *= 1 + wild * normal(); break;
      case Kind::leak: level = base_ + leak_blocks_ * (t + leak_noise * normal()); break;
    }
    Row row;
    row.tag = tag_;
    row.pool = pool_;
    std::int64_t diff = std::max<std::int64_t>(0, std::llround(level));
    if (kind == Kind::constant) diff = std::llround(base_);
    allocs_ += churn_ * base_ + std::max(0.0, leak_blocks_);
    if (allocs_ < static_cast<double>(diff)) allocs_ = static_cast<double>(diff);
    row.diff = diff;
    row.allocs = std::llround(allocs_);
    row.frees = *row.allocs - diff;
    row.bytes = diff * block_;
    return row;
  }

  Kind kind;
  double leak_noise = 0.5;  ///< of one step
  double wild = 0.3;        ///< of the level
  [[nodiscard]] tagdb::PoolTag tag() const { return tag_; }

 private:
  tagdb::PoolTag tag_;
  std::size_t snapshots_;
  double leak_blocks_ = 0;
  double base_ = 0, noise_ = 0, at_ = 0, size_ = 0, period_ = 1, phase_ = 0, churn_ = 0, allocs_ = 0, drift_ = 0;
  std::int64_t block_ = 16;
  int stairs_ = 2;
  Pool pool_ = Pool::nonpaged;
};

inline tagdb::PoolTag numbered_tag(unsigned number) {
  std::string text = "T000";
  for (unsigned i = 3; i > 0; --i) {
    text[i] = static_cast<char>(number % 36 < 10 ? '0' + number % 36 : 'a' + number % 36 - 10);
    number /= 36;
  }
  return tagdb::PoolTag::from_text(text);
}

}  // namespace leak_generator
