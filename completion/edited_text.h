// The text of a file while an editor changes it, and the positions in which editors speak.
//
// Editors count columns in code units of an encoding that client and server agree on: UTF-8 bytes,
// UTF-16 units or UTF-32 code points. Inside, everything is a byte offset into UTF-8; the two are
// different types, and only this class and TextChunks convert between them.
//
//   line       0-based; LF, CRLF and lone CR end one, and after a final line end one more begins.
//   character  0-based, in units of the encoding.
//
// Invariants:
// 1. The text is valid UTF-8, and every offset that comes out stands between two characters.
// 2. Any position is accepted, as the protocol demands: one past the end of its line means the end
//    of the line, before its line end; a line past the last means the end of the text; one within
//    a character means its beginning. An edit that splits a surrogate pair does what it does in
//    the editor, where halves may stand alone: two that meet are a character again, and one that
//    stays alone is U+FFFD, a unit as well.
// 3. The index of lines follows each edit by moving what comes after it, and looks at no text but
//    the new one and the two seams, where a CR and an LF may meet or part.
//
// Source: Language Server Protocol 3.18, "Text Documents" and "Position".
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "completion/text_document.h"
#include "kernels/base/result.h"

namespace fimd {

enum class PositionEncoding { kUtf8, kUtf16, kUtf32 };

struct EncodedPosition {
  uint32_t line = 0;
  uint32_t character = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads a defaulted comparison
  auto operator<=>(const EncodedPosition&) const = default;
};

/// [start, end).
struct EncodedRange {
  EncodedPosition start;
  EncodedPosition end;
  bool operator==(const EncodedRange&) const = default;
};

/// An edit of whole characters.
struct ByteEdit {
  ByteRange range;
  std::string text;
};

/// Bytes of a character that is a surrogate pair in UTF-16.
inline constexpr size_t kPairBytes = 4;

/// What replaces the characters that a range begins and ends within: `replacement` and the halves
/// that the range leaves. Each is a character of four bytes; empty: the range does not split one.
std::string with_halves(std::string_view first,
                        std::string_view replacement,
                        std::string_view last);

/// What an edit did: the bytes [begin, old_end) became [begin, new_end).
struct AppliedEdit {
  ByteOffset begin;
  ByteOffset old_end;
  ByteOffset new_end;
};

/// Code units of `text`, which is valid UTF-8.
uint32_t count_units(std::string_view text, PositionEncoding encoding);

/// A beginning of a text.
struct UnitSpan {
  size_t size_bytes = 0;
  uint32_t units = 0;
  bool splits_pair = false;  ///< UTF-16: one more unit was wanted, half of what comes next
};

/// The longest beginning of `text` that has at most `units` code units and splits no character.
/// Cost: reads eight bytes at a time; in UTF-8 constant.
UnitSpan span_of_units(std::string_view text, uint32_t units, PositionEncoding encoding);

/// That beginning itself.
std::string_view first_units(std::string_view text, uint32_t units, PositionEncoding encoding);

/// Thread: compatible.
class EditedText {
 public:
  static constexpr size_t kMaxBytes = TextDocument::kMaxBytes;

  /// Whether a text of `size_bytes` may be, and `part` may be of it.
  /// Errors: kInvalidInput, more than kMaxBytes, or `part` is invalid UTF-8.
  static Status check(std::string_view part, size_t size_bytes);

  /// Errors: kInvalidInput, larger than kMaxBytes or invalid UTF-8.
  /// Cost: one pass; 4 bytes a line.
  static Result<EditedText> create(std::string text, PositionEncoding encoding);

  [[nodiscard]] const std::string& text() const { return text_; }

  [[nodiscard]] PositionEncoding encoding() const { return encoding_; }

  /// At least 1: an empty text has one empty line.
  [[nodiscard]] size_t num_lines() const { return line_starts_.size(); }

  /// The text of a line, without its end. Aborts if there is no such line.
  [[nodiscard]] std::string_view line(size_t index) const;

  /// Cost: that of span_of_units() in the line.
  [[nodiscard]] ByteOffset offset_of(EncodedPosition position) const;

  /// The position of `offset`, at most the text's size. Within a character or a CRLF: the position
  /// before it.
  [[nodiscard]] EncodedPosition position_of(ByteOffset offset) const;

  /// A range that ends before it begins is read backwards.
  [[nodiscard]] ByteRange bytes_of(EncodedRange range) const;

  /// The edit that replaces `range` by `replacement`.
  [[nodiscard]] ByteEdit edit_of(EncodedRange range, std::string_view replacement) const;

  /// Replaces `range` by `replacement`. After an error nothing has changed.
  /// Errors: kInvalidInput, the result is larger than kMaxBytes, or `replacement` is invalid UTF-8.
  /// Cost: moves the bytes and the line starts that come after the range.
  Result<AppliedEdit> replace(EncodedRange range, std::string_view replacement);

  /// The same; `range` lies in the text and between characters.
  Result<AppliedEdit> replace(ByteRange range, std::string_view replacement);

 private:
  struct Place {
    size_t offset = 0;
    uint32_t units = 0;  ///< of its line before it
    bool splits_pair = false;
  };

  EditedText(std::string text, PositionEncoding encoding);

  [[nodiscard]] Place place_of(EncodedPosition position) const;
  [[nodiscard]] std::pair<Place, Place> places_of(EncodedRange range) const;
  void reindex(const AppliedEdit& edit);

  std::string text_;
  PositionEncoding encoding_;
  std::vector<uint32_t> line_starts_;  ///< ascending from 0; after a final line end, text_.size()
};

}  // namespace fimd
