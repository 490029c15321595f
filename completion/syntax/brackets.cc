#include "completion/syntax/brackets.h"

#include <algorithm>
#include <array>
#include <utility>

#include "completion/syntax/text_lines.h"
#include "kernels/base/ascii.h"

namespace fimd {
namespace {

char closer_of(char opener) {
  switch (opener) {
    case '(': return ')';
    case '[': return ']';
    case '{': return '}';
    default: return '\0';
  }
}

// One run over a text. Each step looks at what stands at `at_` and moves on.
class Scanner {
 public:
  Scanner(const Language& language, std::string_view text, BracketScan from)
      : language_(language), text_(text), scan_(std::move(from)) {
    scan_.num_inherited = scan_.open.size();
    scan_.outer_closers.clear();
    mark_stops();
  }

  BracketScan run() {
    while (at_ < text_.size()) {
      switch (scan_.context) {
        case LexicalContext::kCode:
          while (at_ < text_.size() && !stops_[static_cast<unsigned char>(text_[at_])]) ++at_;
          if (at_ < text_.size()) step_code();
          break;
        case LexicalContext::kComment: step_comment(); break;
        case LexicalContext::kString: step_string(); break;
      }
    }
    if (language_.regex_literals && !is_blank(text_)) scan_.after_value = !regex_may_begin();
    return std::move(scan_);
  }

 private:
  // Most of code is none of these bytes, and passing it quickly is most of a scan.
  void mark_stops() {
    const auto mark = [this](std::string_view word) {
      if (!word.empty()) stops_[static_cast<unsigned char>(word.front())] = true;
      return false;
    };
    mark(language_.block_comment_open);
    any_word(language_.line_comments, mark);
    for (const QuoteRule& rule : language_.quotes) mark(rule.open);
    for (const char bracket : language_.brackets) mark({&bracket, 1});
    if (language_.regex_literals) mark("/");
    mark("\\");
  }

  [[nodiscard]] bool looking_at(std::string_view word) const {
    return !word.empty() && text_.substr(at_).starts_with(word);
  }

  [[nodiscard]] char previous() const { return at_ == 0 ? '\n' : text_[at_ - 1]; }

  [[nodiscard]] bool after_blank() const {
    const char before = previous();
    return is_blank({&before, 1});
  }

  void step_code() {
    if (looking_at(language_.block_comment_open)) {
      scan_.context = LexicalContext::kComment;
      scan_.comment_depth = 1;
      at_ += language_.block_comment_open.size();
    } else if (begins_line_comment()) {
      scan_.context = LexicalContext::kComment;
      scan_.line_comment = true;
    } else if (const QuoteRule* rule = opened_literal()) {
      scan_.context = LexicalContext::kString;
      scan_.literal = rule;
      at_ += rule->open.size();
    } else if (language_.regex_literals && text_[at_] == '/' && regex_may_begin()) {
      skip_regex();
    } else if (text_[at_] == '\\') {
      at_ = std::min(at_ + 2, text_.size());
    } else {
      step_bracket();
    }
  }

  [[nodiscard]] bool begins_line_comment() const {
    return any_word(language_.line_comments,
                    [&](std::string_view opener) { return looking_at(opener); }) &&
           (!language_.comment_after_blank || after_blank());
  }

  [[nodiscard]] const QuoteRule* opened_literal() const {
    for (const QuoteRule& rule : language_.quotes) {
      if (looking_at(rule.open) && literal_may_begin(rule)) return &rule;
    }
    return nullptr;
  }

  // An apostrophe after a word is one in a word ("don't") or in a number (1'000), except after the
  // short prefixes that languages give to literals (b'', u8'', rb'').
  [[nodiscard]] bool literal_may_begin(const QuoteRule& rule) const {
    if (!rule.prefixes.empty() && !has_prefix(rule.prefixes)) return false;
    if (rule.only_characters) return is_character_literal();
    if (rule.after_blank) {
      return after_blank() || std::string_view("[{,(").find(previous()) != std::string_view::npos;
    }
    if (rule.open != "'") return true;
    const std::string_view word = last_word(text_.substr(0, at_));
    if (word.empty() || at_ == 0 || !is_word_character(previous())) return true;
    return word.size() <= kMaxPrefix && !is_ascii_digit(word.front());
  }

  // Whether a prefix of a literal precedes that has one of `letters`.
  [[nodiscard]] bool has_prefix(std::string_view letters) const {
    const std::string_view word = last_word(text_.substr(0, at_));
    return is_word_character(previous()) && word.size() <= kMaxPrefix &&
           word.find_first_of(letters) != std::string_view::npos;
  }

  // 'x' or '\...', as against Rust's lifetimes.
  [[nodiscard]] bool is_character_literal() const {
    const size_t next = at_ + 1;
    const bool lifetime = at_ > 0 && std::string_view("<&").find(previous()) != text_.npos;
    if (next >= text_.size()) return !lifetime;
    if (text_[next] == '\\') return true;
    static constexpr size_t kMaxCharacterBytes = 4;
    const std::string_view following = text_.substr(next, kMaxCharacterBytes + 1);
    const size_t num_bytes = following.find('\'');
    // Where the text ends it may still become one.
    const bool in_mid_air = !lifetime && num_bytes == std::string_view::npos &&
                            following.size() <= kMaxCharacterBytes &&
                            following.find('\n') == std::string_view::npos;
    return in_mid_air || num_bytes == 1 ||
           (num_bytes != std::string_view::npos && !is_ascii(text_[next]));
  }

  // A slash divides after a value and begins a regular expression elsewhere.
  [[nodiscard]] bool regex_may_begin() const {
    const std::string_view before = trimmed_right(text_.substr(0, at_));
    if (before.empty()) return !scan_.after_value;
    // The end of a tag: "</b>", "/>".
    if (previous() == '<' || text_.substr(at_).starts_with("/>")) return false;
    static constexpr std::string_view kOperators = "(,=:[!&|?{};+-*%~^<>";
    return kOperators.find(before.back()) != std::string_view::npos ||
           last_word(before) == "return";
  }

  void skip_regex() {
    // Longer ones are rare, and a line of slashes must not be read to its end from each of them.
    static constexpr size_t kMaxRegexBytes = 1000;
    const size_t limit = std::min(text_.size(), at_ + kMaxRegexBytes);
    bool in_class = false;
    size_t i = at_ + 1;
    for (; i < limit && text_[i] != '\n'; ++i) {
      if (text_[i] == '\\') {
        ++i;
      } else if (text_[i] == '[') {
        in_class = true;
      } else if (text_[i] == ']') {
        in_class = false;
      } else if (text_[i] == '/' && !in_class) {
        at_ = i + 1;
        return;
      }
    }
    // No end on this line: a division after all, unless it is the text that ends.
    at_ = i >= text_.size() ? text_.size() : at_ + 1;
  }

  void step_bracket() {
    const char c = text_[at_];
    if (language_.brackets.find(c) != std::string_view::npos) {
      if (const char closer = closer_of(c); closer != '\0') {
        scan_.open.push_back({.closer = closer, .offset = at_});
      } else {
        close_bracket(c);
      }
    }
    ++at_;
  }

  // A closer that skips openers leaves them unclosed, but none outside of its interpolation.
  void close_bracket(char closer) {
    auto& open = scan_.open;
    size_t index = open.size();
    const size_t limit = index - std::min(index, kMaxSkippedOpeners);
    while (index > limit && open[index - 1].closer != closer &&
           open[index - 1].literal == nullptr) {
      --index;
    }
    if (index == limit || open[index - 1].closer != closer) {
      const bool stray = language_.unpaired.find(closer) == std::string_view::npos;
      if (stray) scan_.outer_closers.push_back({.offset = at_});
      return;
    }
    --index;
    if (index < scan_.num_inherited) {
      scan_.outer_closers.push_back({.offset = at_, .open_index = index});
      scan_.num_inherited = index;
    }
    if (open[index].literal != nullptr) {
      scan_.context = LexicalContext::kString;
      scan_.literal = open[index].literal;
    }
    open.resize(index);
  }

  void step_comment() {
    if (scan_.line_comment) {
      at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
      if (at_ == text_.size()) return;
      scan_.context = LexicalContext::kCode;
      scan_.line_comment = false;
    } else if (looking_at(language_.block_comment_close)) {
      at_ += language_.block_comment_close.size();
      if (--scan_.comment_depth == 0) scan_.context = LexicalContext::kCode;
    } else if (language_.nested_comments && looking_at(language_.block_comment_open)) {
      at_ += language_.block_comment_open.size();
      ++scan_.comment_depth;
    } else {
      ++at_;
    }
  }

  // What begins code here; empty if nothing does. Doubled, it is passed over.
  std::string_view interpolation(const QuoteRule& rule) {
    std::string_view found;
    any_word(rule.interpolations, [&](std::string_view opener) {
      if (looking_at(opener)) found = opener;
      return !found.empty();
    });
    if (!found.empty() && rule.doubled && text_.substr(at_ + found.size()).starts_with(found)) {
      at_ += found.size();
      return {};
    }
    return found;
  }

  void step_string() {
    const QuoteRule& rule = *scan_.literal;
    if (const std::string_view opener = interpolation(rule); !opener.empty()) {
      const size_t bracket = opener.find_first_of("([{");
      scan_.open.push_back(
          {.closer = closer_of(opener[bracket]), .offset = at_ + bracket, .literal = &rule});
      scan_.context = LexicalContext::kCode;
      at_ += opener.size();
    } else if (rule.escapes && text_[at_] == '\\') {
      at_ = std::min(at_ + 2, text_.size());
    } else if (looking_at(rule.close)) {
      at_ += rule.close.size();
      scan_.context = LexicalContext::kCode;
    } else {
      const bool at_line_end = text_[at_] == '\n' || text_[at_] == '\r';
      if (at_line_end && !rule.multi_line) scan_.context = LexicalContext::kCode;
      ++at_;
    }
  }

  static constexpr size_t kMaxPrefix = 2;  // bytes of a literal's

  const Language& language_;
  std::string_view text_;
  BracketScan scan_;
  size_t at_ = 0;
  std::array<bool, 256> stops_ = {};  // bytes that step_code() looks at
};

}  // namespace

size_t num_unmatched(const BracketScan& scan) {
  return static_cast<size_t>(
      std::ranges::count(scan.outer_closers, OuterCloser::kUnmatched, &OuterCloser::open_index));
}

BracketScan scan_brackets(const Language& language, std::string_view text, BracketScan from) {
  return Scanner(language, text, std::move(from)).run();
}

BracketScan scan_before(const Language& language, std::string_view text, size_t offset) {
  text = text.substr(0, offset);
  size_t begin = 0;
  if (text.size() > kMaxScanBytes) begin = next_line_begin(text, text.size() - kMaxScanBytes);
  // One line longer than that: its end is all there is.
  if (begin == text.size()) begin = text.size() - std::min(text.size(), kMaxScanBytes);
  BracketScan scan = scan_brackets(language, text.substr(begin));
  for (OpenBracket& bracket : scan.open) bracket.offset += begin;
  for (OuterCloser& closer : scan.outer_closers) closer.offset += begin;
  return scan;
}

}  // namespace fimd
