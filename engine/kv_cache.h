// What attention remembers of one sequence: a row of floats per token and layer.
//
//   MLA     [ c_kv after its norm (kv_lora_rank) | k_pe, rotated (qk_rope_head_dim) ]
//   LLaMA   [ K, rotated (kv_heads * head_dim)   | V (kv_heads * head_dim)          ]
//
// Row i is the token at position i, so a beginning of a sequence can be kept and what follows
// computed again: truncate() is how a caller re-uses the longest common beginning of two prompts.
// What lies behind the sequence's end stays in memory until it is written over, so rows can be
// moved ahead to where they will belong before what precedes them is computed (Model::move_rows).
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/base/tensor_view.h"

namespace fimd {

/// Memory grows with the tokens appended, layer by layer, up to the capacity. Thread: compatible.
class KvCache {
 public:
  KvCache(int64_t num_layers, int64_t width, int64_t capacity_tokens);

  /// Tokens whose rows are valid in every layer.
  [[nodiscard]] int64_t num_tokens() const { return num_tokens_; }

  [[nodiscard]] int64_t capacity_tokens() const { return capacity_tokens_; }

  /// Rows [0, num_tokens() + count) of `layer`; the last `count` hold what was last written there.
  /// Aborts if they exceed the capacity.
  TensorView<float, 2> rows(int64_t layer, int64_t count);

  /// Makes the `count` rows that were written in every layer part of the sequence.
  void commit(int64_t count);

  /// Forgets all tokens from `num_tokens` on. Aborts if there are fewer.
  void truncate(int64_t num_tokens);

  /// Becomes the first `num_tokens` of `other`, which has the same layers and width, with its first
  /// `num_rows` rows in memory. Aborts if `other` has fewer of either, or if they exceed the
  /// capacity. Cost: copies the rows.
  void copy_beginning(const KvCache& other, int64_t num_tokens, int64_t num_rows);

  /// What is held from the system, used or not.
  [[nodiscard]] int64_t reserved_bytes() const;

 private:
  int64_t width_;
  int64_t capacity_tokens_;
  int64_t num_tokens_ = 0;
  std::vector<std::vector<float>> layers_;
};

}  // namespace fimd
