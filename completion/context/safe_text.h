// A part of a document that a model may see: its secrets are masked, even those that its ends
// split.
//
//   document  ....|..... part .....|....      what is looked at for secrets: the part, and
//             <----------------------->       kMaskedBeyondBytes before and behind it
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fimd {

/// Private keys and tokens are the longest secrets: a key of 65,536 bits has 50 kB.
inline constexpr size_t kMaskedBeyondBytes = size_t{64} << 10;

/// Thread: safe to read.
class SafeText {
 public:
  /// Of nothing.
  SafeText() = default;

  /// Of the bytes [begin, end) of `document`. Aborts if they are not in it.
  /// Cost: linear in what is looked at.
  SafeText(std::string_view document, size_t begin, size_t end);

  /// The bytes [begin, end) of the document. Aborts if they are not in the part.
  [[nodiscard]] std::string_view view(size_t begin, size_t end) const;

  /// How many bytes of the part are masked.
  [[nodiscard]] size_t masked_bytes() const { return masked_bytes_; }

 private:
  size_t begin_ = 0;
  size_t end_ = 0;
  size_t looked_begin_ = 0;  ///< where `looked_` begins
  std::string looked_;
  size_t masked_bytes_ = 0;
};

}  // namespace fimd
