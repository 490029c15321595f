#include "tests/tidy/cpp_text.h"

#include <algorithm>
#include <cctype>

namespace fimd {
namespace {

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {
    parts_.code.assign(text.size(), ' ');
    parts_.comments.assign(text.size(), ' ');
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') parts_.code[i] = parts_.comments[i] = '\n';
    }
  }

  CppText split() {
    while (at_ < text_.size()) {
      if (starts_with("//")) {
        copy_comment_until(text_.find('\n', at_));
      } else if (starts_with("/*")) {
        copy_comment_until(after(text_.find("*/", at_ + 2), 2));
      } else if (starts_with("R\"") && !follows_identifier()) {
        skip_raw_string();
      } else if (text_[at_] == '"' || (text_[at_] == '\'' && !is_digit_separator())) {
        skip_quoted(text_[at_]);
      } else {
        copy_code();
      }
    }
    return std::move(parts_);
  }

 private:
  [[nodiscard]] bool starts_with(std::string_view prefix) const {
    return text_.substr(at_).starts_with(prefix);
  }

  [[nodiscard]] bool follows_identifier() const {
    return at_ > 0 && is_identifier_char(text_[at_ - 1]);
  }

  // 1'000'000
  [[nodiscard]] bool is_digit_separator() const {
    return at_ > 0 && std::isxdigit(static_cast<unsigned char>(text_[at_ - 1])) != 0;
  }

  [[nodiscard]] size_t after(size_t found, size_t count) const {
    return found == std::string_view::npos ? text_.size() : found + count;
  }

  void copy_code() {
    parts_.code[at_] = text_[at_];
    ++at_;
  }

  void copy_comment_until(size_t end) {
    end = std::min(end, text_.size());
    parts_.comments.replace(at_, end - at_, text_.substr(at_, end - at_));
    at_ = end;
  }

  // A string or a character; an unterminated one ends with its line.
  void skip_quoted(char quote) {
    copy_code();
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') {
      at_ += text_[at_] == '\\' ? 2 : 1;
    }
    if (at_ < text_.size()) copy_code();
  }

  // R"delimiter( ... )delimiter"
  void skip_raw_string() {
    const size_t open = text_.find('(', at_);
    if (open == std::string_view::npos) return copy_code();
    std::string close = ")";
    close += text_.substr(at_ + 2, open - at_ - 2);
    close += '"';
    copy_code();
    copy_code();
    at_ = after(text_.find(close, open), close.size());
    if (at_ <= text_.size()) parts_.code[at_ - 1] = '"';
  }

  std::string_view text_;
  size_t at_ = 0;
  CppText parts_;
};

}  // namespace

CppText split_cpp(std::string_view text) {
  return Splitter(text).split();
}

int line_of(std::string_view text, size_t offset) {
  return 1 + static_cast<int>(std::ranges::count(text.substr(0, offset), '\n'));
}

bool is_identifier_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

size_t find_word(std::string_view text, std::string_view word, size_t offset) {
  for (size_t at = text.find(word, offset); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool begins = at == 0 || !is_identifier_char(text[at - 1]);
    const bool ends = end == text.size() || !is_identifier_char(text[end]);
    if (begins && ends) return at;
  }
  return std::string_view::npos;
}

}  // namespace fimd
