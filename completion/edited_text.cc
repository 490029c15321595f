#include "completion/edited_text.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "completion/line_ending.h"
#include "engine/utf8.h"
#include "kernels/base/check.h"

namespace fimd {
namespace {

uint32_t character_units(size_t size_bytes, PositionEncoding encoding) {
  switch (encoding) {
    case PositionEncoding::kUtf8: return static_cast<uint32_t>(size_bytes);
    case PositionEncoding::kUtf16: return size_bytes == 4 ? 2 : 1;
    case PositionEncoding::kUtf32: return 1;
  }
  return 1;
}

// Eight bytes of UTF-8 as a number, its bytes in any order.
constexpr size_t kWordBytes = sizeof(uint64_t);
constexpr uint64_t kOnes = 0x0101010101010101U;

// Code units of the characters that begin in the eight bytes: one for each byte that is no
// continuation, and in UTF-16 a second one for each that begins four bytes.
uint32_t units_in_word(const char* bytes, PositionEncoding encoding) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, kWordBytes);
  const uint64_t continuations = (word >> 7U) & ~(word >> 6U) & kOnes;
  uint64_t counts = kOnes - continuations;
  if (encoding == PositionEncoding::kUtf16) {
    counts += (word >> 7U) & (word >> 6U) & (word >> 5U) & (word >> 4U) & kOnes;
  }
  return static_cast<uint32_t>((counts * kOnes) >> 56U);  // the sum of the bytes
}

/// The offsets in [begin, end] of `text` where a line starts.
std::vector<uint32_t> find_line_starts(std::string_view text, size_t begin, size_t end) {
  std::vector<uint32_t> starts;
  if (is_line_start(text, begin)) starts.push_back(static_cast<uint32_t>(begin));
  for (size_t offset = begin; offset < end; ++offset) {
    const bool candidate = text[offset] == '\n' || text[offset] == '\r';
    if (candidate && is_line_start(text, offset + 1)) {
      starts.push_back(static_cast<uint32_t>(offset + 1));
    }
  }
  return starts;
}

}  // namespace

uint32_t count_units(std::string_view text, PositionEncoding encoding) {
  return span_of_units(text, UINT32_MAX, encoding).units;
}

UnitSpan span_of_units(std::string_view text, uint32_t units, PositionEncoding encoding) {
  if (encoding == PositionEncoding::kUtf8) {
    const size_t size_bytes = character_start(text, units);
    return {.size_bytes = size_bytes, .units = static_cast<uint32_t>(size_bytes)};
  }
  // A character counts where it begins, so `offset` may stop within the last one.
  UnitSpan span;
  while (text.size() - span.size_bytes >= kWordBytes) {
    const uint32_t word = units_in_word(text.data() + span.size_bytes, encoding);
    if (word > units - span.units) break;
    span.units += word;
    span.size_bytes += kWordBytes;
  }
  for (; span.size_bytes < text.size(); ++span.size_bytes) {
    if (is_utf8_continuation(text[span.size_bytes])) continue;
    const uint32_t character =
        character_units(utf8_character_bytes(text[span.size_bytes]), encoding);
    if (character > units - span.units) {
      span.splits_pair = span.units < units;
      break;
    }
    span.units += character;
  }
  return span;
}

std::string_view first_units(std::string_view text, uint32_t units, PositionEncoding encoding) {
  return text.substr(0, span_of_units(text, units, encoding).size_bytes);
}

std::string with_halves(std::string_view first,
                        std::string_view replacement,
                        std::string_view last) {
  if (replacement.empty() && !first.empty() && !last.empty()) {
    // The ten low bits of a character are in its second half, all others in the first.
    const auto middle = static_cast<char>((first[2] & 0x30) | (last[2] & ~0x30));
    return std::string(first.substr(0, 2)) + middle + last[3];
  }
  std::string text;
  if (!first.empty()) text += kReplacementCharacter;
  text += replacement;
  if (!last.empty()) text += kReplacementCharacter;
  return text;
}

Status EditedText::check(std::string_view part, size_t size_bytes) {
  if (size_bytes > kMaxBytes) {
    return fail(ErrorCode::kInvalidInput,
                "the text has " + std::to_string(size_bytes) + " bytes, expected at most " +
                    std::to_string(kMaxBytes));
  }
  if (const auto offset = find_invalid_utf8(part)) {
    return fail(ErrorCode::kInvalidInput,
                "the text is not UTF-8 at byte " + std::to_string(*offset));
  }
  return {};
}

Result<EditedText> EditedText::create(std::string text, PositionEncoding encoding) {
  FIMD_TRY_STATUS(check(text, text.size()));
  return EditedText(std::move(text), encoding);
}

EditedText::EditedText(std::string text, PositionEncoding encoding)
    : text_(std::move(text)),
      encoding_(encoding),
      line_starts_(find_line_starts(text_, 0, text_.size())) {}

std::string_view EditedText::line(size_t index) const {
  FIMD_CHECK(index < line_starts_.size(), index, line_starts_.size());
  const size_t begin = line_starts_[index];
  const size_t next = index + 1 < line_starts_.size() ? line_starts_[index + 1] : text_.size();
  std::string_view text = std::string_view(text_).substr(begin, next - begin);
  if (index + 1 == line_starts_.size()) return text;
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

EditedText::Place EditedText::place_of(EncodedPosition position) const {
  if (position.line >= line_starts_.size()) return {.offset = text_.size()};
  const UnitSpan before = span_of_units(line(position.line), position.character, encoding_);
  return {.offset = line_starts_[position.line] + before.size_bytes,
          .units = before.units,
          .splits_pair = before.splits_pair};
}

ByteOffset EditedText::offset_of(EncodedPosition position) const {
  return {place_of(position).offset};
}

EncodedPosition EditedText::position_of(ByteOffset offset) const {
  FIMD_CHECK(offset.value <= text_.size(), offset.value, text_.size());
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset.value);
  const auto index = static_cast<size_t>(after - line_starts_.begin()) - 1;
  const std::string_view whole = line(index);
  const size_t column_bytes = character_start(whole, offset.value - line_starts_[index]);
  return {.line = static_cast<uint32_t>(index),
          .character = count_units(whole.substr(0, column_bytes), encoding_)};
}

std::pair<EditedText::Place, EditedText::Place> EditedText::places_of(EncodedRange range) const {
  if (range.end < range.start) std::swap(range.start, range.end);
  const Place begin = place_of(range.start);
  if (range.start.line != range.end.line || range.start.line >= line_starts_.size()) {
    return {begin, place_of(range.end)};
  }
  // In one line the end is found from the beginning on.
  std::string_view text = line(range.start.line);
  text.remove_prefix(begin.offset - line_starts_[range.start.line]);
  const UnitSpan within = span_of_units(text, range.end.character - begin.units, encoding_);
  return {begin, {.offset = begin.offset + within.size_bytes, .splits_pair = within.splits_pair}};
}

ByteRange EditedText::bytes_of(EncodedRange range) const {
  const auto [begin, end] = places_of(range);
  return {.begin = {begin.offset}, .end = {end.offset}};
}

ByteEdit EditedText::edit_of(EncodedRange range, std::string_view replacement) const {
  const auto [begin, end] = places_of(range);
  const auto split = [this](Place place) {
    return std::string_view(text_).substr(place.offset, place.splits_pair ? kPairBytes : 0);
  };
  const std::string_view last = split(end);
  return {.range = {.begin = {begin.offset}, .end = {end.offset + last.size()}},
          .text = with_halves(split(begin), replacement, last)};
}

Result<AppliedEdit> EditedText::replace(EncodedRange range, std::string_view replacement) {
  const ByteEdit edit = edit_of(range, replacement);
  return replace(edit.range, edit.text);
}

Result<AppliedEdit> EditedText::replace(ByteRange range, std::string_view replacement) {
  const auto [begin, end] = range;
  const size_t removed_bytes = end.value - begin.value;
  FIMD_TRY_STATUS(check(replacement, text_.size() - removed_bytes + replacement.size()));
  text_.replace(begin.value, removed_bytes, replacement);
  const AppliedEdit edit = {
      .begin = begin, .old_end = end, .new_end = {begin.value + replacement.size()}};
  reindex(edit);
  return edit;
}

// Whether a line starts at an offset depends on the bytes on its two sides, so the edit decides
// anew for [begin, old_end], seams included, and only moves what comes after.
void EditedText::reindex(const AppliedEdit& edit) {
  const auto first = std::lower_bound(line_starts_.begin(), line_starts_.end(), edit.begin.value);
  const auto last = std::upper_bound(first, line_starts_.end(), edit.old_end.value);
  const auto shift = static_cast<uint32_t>(edit.new_end.value - edit.old_end.value);
  // Unsigned wrap-around subtracts when the text shrank.
  std::for_each(last, line_starts_.end(), [shift](uint32_t& start) { start += shift; });

  const auto starts = find_line_starts(text_, edit.begin.value, edit.new_end.value);
  const auto kept = static_cast<size_t>(std::min<ptrdiff_t>(last - first, std::ssize(starts)));
  const auto next = std::copy_n(starts.begin(), kept, first);
  if (kept < starts.size()) {
    line_starts_.insert(next, starts.begin() + static_cast<ptrdiff_t>(kept), starts.end());
  } else {
    line_starts_.erase(next, last);
  }
}

}  // namespace fimd
