#include "completion/text_document.h"

#include <array>
#include <cstdio>
#include <utility>

#include "engine/utf8.h"
#include "kernels/base/check.h"

namespace fimd {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

tl::unexpected<Error> bad_position(const TextDocument& document, const std::string& what) {
  return fail(ErrorCode::kInvalidInput, document.name() + ": " + what);
}

std::string count_of(size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace

Result<TextDocument> TextDocument::create(std::string name, std::string text) {
  if (text.size() > kMaxBytes) {
    return fail(ErrorCode::kInvalidInput,
                name + ": " + std::to_string(text.size()) + " bytes, expected at most " +
                    std::to_string(kMaxBytes));
  }
  if (const size_t offset = text.find('\0'); offset != std::string::npos) {
    return fail(ErrorCode::kInvalidInput,
                name + ": not a text file: a NUL byte at offset " + std::to_string(offset));
  }
  if (const auto offset = find_invalid_utf8(text)) {
    std::array<char, 8> byte = {};
    std::snprintf(byte.data(), byte.size(), "0x%02x", static_cast<unsigned char>(text[*offset]));
    return fail(
        ErrorCode::kInvalidInput,
        name + ": not UTF-8 text: byte " + byte.data() + " at offset " + std::to_string(*offset));
  }
  return TextDocument(std::move(name), std::move(text));
}

TextDocument::TextDocument(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)) {
  line_starts_.push_back(text_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
  size_t num_lf = 0;
  size_t num_crlf = 0;
  size_t num_cr = 0;
  for (size_t offset = 0; offset < text_.size(); ++offset) {
    if (text_[offset] != '\n' && text_[offset] != '\r') continue;
    if (text_[offset] == '\n') {
      ++num_lf;
    } else if (offset + 1 < text_.size() && text_[offset + 1] == '\n') {
      ++num_crlf;
      ++offset;
    } else {
      ++num_cr;
    }
    line_starts_.push_back(static_cast<uint32_t>(offset + 1));
  }
  if (num_crlf > num_lf && num_crlf >= num_cr) line_ending_ = LineEnding::kCrlf;
  if (num_cr > num_lf && num_cr > num_crlf) line_ending_ = LineEnding::kCr;
}

std::string_view TextDocument::before(ByteOffset offset) const {
  FIMD_CHECK(offset.value >= line_starts_[0] && offset.value <= text_.size(), offset.value);
  return std::string_view(text_).substr(line_starts_[0], offset.value - line_starts_[0]);
}

std::string_view TextDocument::after(ByteOffset offset) const {
  FIMD_CHECK(offset.value <= text_.size(), offset.value);
  return std::string_view(text_).substr(offset.value);
}

int64_t TextDocument::num_lines() const {
  const auto num_starts = static_cast<int64_t>(line_starts_.size());
  return line_starts_.back() == text_.size() ? num_starts - 1 : num_starts;
}

Result<ByteOffset> TextDocument::offset_of(TextPosition position) const {
  if (position.line < 1 || position.column < 1) {
    return bad_position(*this, "lines and columns begin at 1");
  }
  if (position.line > static_cast<int64_t>(line_starts_.size())) {
    return bad_position(*this,
                        "line " + std::to_string(position.line) +
                            " is past the end, the file has " +
                            count_of(static_cast<size_t>(num_lines()), "line"));
  }
  const std::string_view line = line_text(position.line);
  size_t offset = 0;
  int64_t column = 1;
  while (column < position.column && offset < line.size()) {
    ++offset;
    while (offset < line.size() && is_utf8_continuation(line[offset])) ++offset;
    ++column;
  }
  if (column < position.column) {
    return bad_position(*this,
                        "column " + std::to_string(position.column) + " is past the end of line " +
                            std::to_string(position.line) + ", which has " +
                            count_of(count_characters(line), "column"));
  }
  return ByteOffset{line_starts_[static_cast<size_t>(position.line - 1)] + offset};
}

Result<ByteRange> TextDocument::bytes_of(TextRange range) const {
  if (range.end < range.begin) return bad_position(*this, "the range ends before it begins");
  FIMD_TRY(const ByteOffset begin, offset_of(range.begin));
  FIMD_TRY(const ByteOffset end, offset_of(range.end));
  return ByteRange{begin, end};
}

std::string_view TextDocument::line_text(int64_t line) const {
  const auto index = static_cast<size_t>(line - 1);
  const size_t begin = line_starts_[index];
  const size_t next = index + 1 < line_starts_.size() ? line_starts_[index + 1] : text_.size();
  std::string_view text = std::string_view(text_).substr(begin, next - begin);
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

}  // namespace fimd
