// The text of one file, and where its lines and columns are.
//
// Users and editors speak of lines and columns, strings of bytes; the two are different types, and
// only the document converts between them. Text is kept byte for byte: what an edit does not
// replace comes out as it went in, mixed line ends included.
//
//   line   1-based; LF, CRLF and lone CR end one. After a final line end one more position is
//          valid, column 1 of the line that would come next: where an editor's cursor can stand.
//   column 1-based, counted in characters (code points); the column after the last is valid.
//
// A byte-order mark at the beginning belongs to no line: it precedes line 1, column 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "completion/line_ending.h"
#include "kernels/base/result.h"

namespace fimd {

/// A distance in bytes from the beginning of a document.
struct ByteOffset {
  size_t value = 0;
  bool operator==(const ByteOffset&) const = default;
};

/// [begin, end).
struct ByteRange {
  ByteOffset begin;
  ByteOffset end;
};

struct TextPosition {
  int64_t line = 1;
  int64_t column = 1;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads a defaulted comparison
  auto operator<=>(const TextPosition&) const = default;
};

/// [begin, end).
struct TextRange {
  TextPosition begin;
  TextPosition end;
};

/// Thread: safe to read.
class TextDocument {
 public:
  /// Generous for source code (the largest generated files are some 50 MB), and small enough that
  /// an offset fits 32 bits.
  static constexpr size_t kMaxBytes = size_t{64} << 20;

  /// `name` begins the error messages.
  /// Errors: kInvalidInput, larger than kMaxBytes, or not text: a NUL byte or invalid UTF-8.
  /// Cost: one pass; 4 bytes a line.
  static Result<TextDocument> create(std::string name, std::string text);

  [[nodiscard]] const std::string& name() const { return name_; }

  [[nodiscard]] const std::string& text() const { return text_; }

  /// The text from the beginning of line 1 up to `offset`, without a byte-order mark.
  [[nodiscard]] std::string_view before(ByteOffset offset) const;

  [[nodiscard]] std::string_view after(ByteOffset offset) const;

  /// Lines that have a line end or at least one character.
  [[nodiscard]] int64_t num_lines() const;

  /// The most frequent line end; LF when no line has one.
  [[nodiscard]] LineEnding line_ending() const { return line_ending_; }

  /// Errors: kInvalidInput, the document has no such line or column; says what it has.
  [[nodiscard]] Result<ByteOffset> offset_of(TextPosition position) const;

  /// Errors: those of offset_of(), and a range that ends before it begins.
  [[nodiscard]] Result<ByteRange> bytes_of(TextRange range) const;

 private:
  TextDocument(std::string name, std::string text);

  /// The line's characters, without its end. `line` is valid as a position's.
  [[nodiscard]] std::string_view line_text(int64_t line) const;

  std::string name_;
  std::string text_;
  std::vector<uint32_t> line_starts_;  ///< never empty; after a final line end, text_.size() too
  LineEnding line_ending_ = LineEnding::kLf;
};

}  // namespace fimd
