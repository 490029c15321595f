// Line ends: LF, CRLF and lone CR, all three of which end a line wherever they stand.
//
// Models speak LF; files speak what they speak. Text goes to the model through to_lf() and comes
// back through LineEndingConverter; the bytes of a file outside the edit are never touched.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fimd {

enum class LineEnding { kLf, kCrlf, kCr };

std::string_view line_ending_bytes(LineEnding ending);

/// Whether a line begins at `offset`: at 0, or right after a line end. Between CR and LF none does.
constexpr bool is_line_start(std::string_view text, size_t offset) {
  if (offset == 0) return true;
  if (text[offset - 1] == '\n') return true;
  return text[offset - 1] == '\r' && (offset == text.size() || text[offset] != '\n');
}

/// `text` with every line end as LF.
std::string to_lf(std::string_view text);

/// Rewrites the line ends of a stream, whatever they are, as `ending`. A CRLF may be split between
/// two pieces, so a CR at the end of a piece is held back until the next.
/// Thread: compatible.
class LineEndingConverter {
 public:
  explicit LineEndingConverter(LineEnding ending) : ending_(line_ending_bytes(ending)) {}

  /// The text that is certain now that `piece` has come.
  std::string push(std::string_view piece);

  /// What is still held back.
  std::string finish();

 private:
  std::string_view ending_;
  bool holds_cr_ = false;
};

}  // namespace fimd
