// What a client holds of a document, in the units in which it counts, as plainly as can be.
//
// The text is a string of UTF-16 units, searched from its beginning at every look: no index that
// could be wrong. Half of a surrogate pair that an edit leaves alone becomes U+FFFD, since UTF-8
// can hold nothing else; halves that an edit brings together are a character again.
#pragma once

#include <string>
#include <string_view>

#include "completion/edited_text.h"

namespace fimd {

/// `text` with U+FFFD for each half of a pair that stands alone.
std::u16string with_whole_pairs(std::u16string_view text);

/// Of a text of whole pairs.
std::string to_utf8(std::u16string_view text);

/// Every unit past ASCII escaped, so that halves of pairs can be sent. With its quotes.
std::string to_json_string(std::u16string_view text);

class ClientText {
 public:
  ClientText(std::u16string_view text, PositionEncoding encoding)
      : text_(with_whole_pairs(text)), encoding_(encoding) {}

  [[nodiscard]] const std::u16string& units() const { return text_; }

  /// Of unit `index`, which must be a place(). Lines end with LF, CR LF or CR.
  [[nodiscard]] EncodedPosition position_of(size_t index) const;

  /// `index`, or the nearest place before it that a position can name: never between CR and LF,
  /// and only a client that counts in UTF-16 can point into a pair.
  [[nodiscard]] size_t place(size_t index) const;

  /// Replaces the units from `begin` to `end`.
  void replace(size_t begin, size_t end, std::u16string_view replacement);

 private:
  std::u16string text_;
  PositionEncoding encoding_;
};

}  // namespace fimd
