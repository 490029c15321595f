#include "completion/line_ending.h"

#include <utility>

namespace fimd {

std::string_view line_ending_bytes(LineEnding ending) {
  switch (ending) {
    case LineEnding::kLf: return "\n";
    case LineEnding::kCrlf: return "\r\n";
    case LineEnding::kCr: return "\r";
  }
  return "\n";
}

std::string to_lf(std::string_view text) {
  LineEndingConverter converter(LineEnding::kLf);
  std::string result = converter.push(text);
  return result += converter.finish();
}

std::string LineEndingConverter::push(std::string_view piece) {
  std::string result;
  result.reserve(piece.size());
  for (const char c : piece) {
    if (std::exchange(holds_cr_, false)) {
      result += ending_;
      if (c == '\n') continue;
    }
    if (c == '\r') {
      holds_cr_ = true;
    } else if (c == '\n') {
      result += ending_;
    } else {
      result += c;
    }
  }
  return result;
}

std::string LineEndingConverter::finish() {
  return std::exchange(holds_cr_, false) ? std::string(ending_) : std::string();
}

}  // namespace fimd
