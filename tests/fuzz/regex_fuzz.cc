// A pattern of a pre-tokenizer in one line, then a text: a pattern is refused or compiles, and
// matches lie in order within the text, at characters.
#include "engine/tokenizer/regex.h"
#include "engine/tokenizer/ruby_pattern.h"
#include "engine/utf8.h"
#include "tests/fuzz/fuzz.h"

namespace fimd {
namespace {

bool is_at_character(std::string_view text, size_t offset) {
  return offset <= text.size() && character_start(text, offset) == offset;
}

void check_matches(const Regex& regex, std::string_view text) {
  RegexScratch scratch;
  size_t from = 0;
  while (from <= text.size()) {
    const auto match = regex.find(text, from, scratch);
    if (!match) return;
    FIMD_CHECK(match->begin >= from && match->end >= match->begin, from, match->begin, match->end);
    FIMD_CHECK(is_at_character(text, match->begin) && is_at_character(text, match->end));
    from = match->end;
    if (match->end > match->begin) continue;
    if (from == text.size()) return;
    from += first_utf8_unit(text.substr(from)).size_bytes;
  }
}

/// A pattern for exactly a text matches that text.
void check_escaped(const std::string& text) {
  const auto regex = Regex::compile(escape_pattern(text), "fuzz");
  if (!regex || text.empty()) return;
  RegexScratch scratch;
  const auto match = regex->find(text, 0, scratch);
  FIMD_CHECK(match && match->begin == 0 && match->end == text.size(), text);
}

}  // namespace
}  // namespace fimd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size_bytes) {
  std::string_view bytes = fimd::fuzz::as_text(data, size_bytes);
  const std::string_view pattern = fimd::fuzz::take_part(bytes, '\n');
  std::string text;
  fimd::append_replacing_invalid(bytes, text);
  const auto regex = fimd::Regex::compile(pattern, "fuzz");
  if (regex) fimd::check_matches(*regex, text);
  fimd::check_escaped(text);
  return 0;
}
