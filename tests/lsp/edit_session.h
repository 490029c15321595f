// A long random editing session, and the slow and obvious model of what it should lead to.
//
// The model keeps code points and finds lines by looking at all of them, every time: no index that
// could be wrong. A session mixes scripts of one to four UTF-8 bytes, all three line ends, ends
// that meet and part (a CR typed before an LF), ranges given backwards and positions out of range.
#pragma once

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "completion/edited_text.h"

namespace fimd {

/// Plain text as code points. Thread: compatible.
class ModelText {
 public:
  ModelText(std::u32string text, PositionEncoding encoding)
      : text_(std::move(text)), encoding_(encoding) {}

  [[nodiscard]] std::string utf8() const;

  [[nodiscard]] size_t size() const { return text_.size(); }

  void replace(EncodedRange range, std::u32string_view replacement);

  /// All positions of the text, in order; none stands between a CR and its LF.
  [[nodiscard]] std::vector<EncodedPosition> positions() const;

 private:
  [[nodiscard]] size_t index_of(EncodedPosition position) const;

  std::u32string text_;
  PositionEncoding encoding_;
};

struct EditStep {
  EncodedRange range;
  std::string text;
  std::string expected;  ///< the whole text after this step, by the model
};

struct EditSession {
  std::string initial;
  std::vector<EditStep> steps;
};

/// `num_steps` random edits; the same for the same seed.
EditSession make_edit_session(PositionEncoding encoding, uint32_t seed, int num_steps);

}  // namespace fimd
