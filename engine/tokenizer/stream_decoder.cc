#include "engine/tokenizer/stream_decoder.h"

#include <algorithm>
#include <utility>

#include "engine/utf8.h"

namespace fimd {
namespace {

/// Where the character that `bytes` breaks off in begins; their end when they break off in none.
size_t cut_off_begin(std::string_view bytes) {
  constexpr size_t kMaxCutOffBytes = 3;
  size_t begin = bytes.size() - std::min(bytes.size(), kMaxCutOffBytes);
  for (; begin < bytes.size(); ++begin) {
    const Utf8Unit unit = first_utf8_unit(bytes.substr(begin));
    if (unit.cut_off) break;
  }
  return begin;
}

}  // namespace

std::string StreamDecoder::push_bytes(std::string_view bytes) {
  pending_ += bytes;
  const size_t complete_bytes = cut_off_begin(pending_);
  std::string text;
  append_replacing_invalid(std::string_view(pending_).substr(0, complete_bytes), text);
  pending_.erase(0, complete_bytes);
  return text;
}

std::string StreamDecoder::finish() {
  std::string text;
  append_replacing_invalid(std::exchange(pending_, {}), text);
  return text;
}

}  // namespace fimd
