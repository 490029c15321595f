#include "completion/text_chunks.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "completion/syntax/text_lines.h"
#include "engine/utf8.h"

namespace fimd {
namespace {

uint32_t count_line_feeds(std::string_view text) {
  return static_cast<uint32_t>(std::ranges::count(text, '\n'));
}

/// Where to cut `text`, which is longer than kChunkBytes.
size_t cut_of(std::string_view text) {
  size_t cut = character_start(text, kChunkBytes);
  if (text[cut] == '\n' && text[cut - 1] == '\r') --cut;
  return cut;
}

}  // namespace

RowPoint moved(RowPoint from, std::string_view text) {
  const size_t last = text.rfind('\n');
  if (last == std::string_view::npos) {
    return {.row = from.row,
            .column_bytes = from.column_bytes + static_cast<uint32_t>(text.size())};
  }
  return {.row = from.row + count_line_feeds(text),
          .column_bytes = static_cast<uint32_t>(text.size() - last - 1)};
}

TextChunks::TextChunks(std::string_view text, PositionEncoding encoding)
    : encoding_(encoding), chunks_(split(text)), size_bytes_(text.size()) {}

TextChunks::Chunk TextChunks::make_chunk(std::string_view text) const {
  Chunk chunk = {.text = std::string(text),
                 .units = count_units(text, encoding_),
                 .line_feeds = count_line_feeds(text)};
  chunk.line_ends = chunk.line_feeds;
  for (size_t at = text.find('\r'); at != std::string_view::npos; at = text.find('\r', at + 1)) {
    if (text.substr(at + 1, 1) != "\n") ++chunk.line_ends;
  }
  return chunk;
}

std::vector<TextChunks::Chunk> TextChunks::split(std::string_view text) const {
  std::vector<Chunk> chunks;
  while (text.size() > kChunkBytes) {
    const size_t cut = cut_of(text);
    chunks.push_back(make_chunk(text.substr(0, cut)));
    text.remove_prefix(cut);
  }
  if (!text.empty() || chunks.empty()) chunks.push_back(make_chunk(text));
  return chunks;
}

TextChunks::Place TextChunks::place_of(EncodedPosition position) const {
  uint32_t lines_left = position.line;
  size_t index = 0;
  while (index < chunks_.size() && chunks_[index].line_ends < lines_left) {
    lines_left -= chunks_[index++].line_ends;
  }
  if (index == chunks_.size()) return {index - 1, chunks_.back().text.size()};
  size_t offset = 0;
  while (lines_left-- > 0) offset = next_line_begin(chunks_[index].text, offset);
  return place_in_line({index, offset}, position.character);
}

TextChunks::Place TextChunks::place_in_line(Place begin, uint32_t units) const {
  for (;;) {
    const Chunk& chunk = chunks_[begin.chunk];
    const bool is_last = begin.chunk + 1 == chunks_.size();
    if (begin.offset == 0 && chunk.line_ends == 0 && chunk.units <= units && !is_last) {
      units -= chunk.units;
      ++begin.chunk;
      continue;
    }
    const std::string_view rest = std::string_view(chunk.text).substr(begin.offset);
    const std::string_view line = rest.substr(0, line_end(rest, 0));
    const UnitSpan span = span_of_units(line, units, encoding_);
    const bool goes_on = span.size_bytes == rest.size() && !is_last;
    if (!goes_on) return {begin.chunk, begin.offset + span.size_bytes, span.splits_pair};
    units -= span.units;
    begin = {.chunk = begin.chunk + 1};
  }
}

std::string_view TextChunks::split_pair(Place place) const {
  if (!place.splits_pair) return {};
  return std::string_view(chunks_[place.chunk].text).substr(place.offset, kPairBytes);
}

size_t TextChunks::offset_of(Place place) const {
  size_t offset = place.offset;
  for (size_t i = 0; i < place.chunk; ++i) offset += chunks_[i].text.size();
  return offset;
}

RowPoint TextChunks::point_of(Place place) const {
  RowPoint point;
  for (size_t i = 0; i < place.chunk; ++i) point.row += chunks_[i].line_feeds;
  const std::string_view own = std::string_view(chunks_[place.chunk].text).substr(0, place.offset);
  point = moved(point, own);
  size_t i = own.find('\n') == std::string_view::npos ? place.chunk : 0;
  for (; i > 0; --i) {
    const std::string_view before = chunks_[i - 1].text;
    if (chunks_[i - 1].line_feeds > 0) {
      point.column_bytes += static_cast<uint32_t>(before.size() - before.rfind('\n') - 1);
      break;
    }
    point.column_bytes += static_cast<uint32_t>(before.size());
  }
  return point;
}

Result<PlacedEdit> TextChunks::replace(EncodedRange range, std::string_view text) {
  if (range.end < range.start) std::swap(range.start, range.end);
  const Place begin = place_of(range.start);
  Place end = range.end == range.start ? begin : place_of(range.end);
  const std::string replacement = with_halves(split_pair(begin), text, split_pair(end));
  end.offset += split_pair(end).size();
  PlacedEdit edit = {.begin = point_of(begin)};
  edit.new_end = moved(edit.begin, replacement);
  const size_t begin_offset = offset_of(begin);
  size_t end_offset = begin_offset + end.offset - begin.offset;
  if (begin.chunk == end.chunk) {
    const std::string_view chunk = chunks_[begin.chunk].text;
    edit.old_end = moved(edit.begin, chunk.substr(begin.offset, end.offset - begin.offset));
  } else {
    edit.old_end = point_of(end);
    end_offset = offset_of(end);
  }
  edit.bytes = {.begin = {begin_offset},
                .old_end = {end_offset},
                .new_end = {begin_offset + replacement.size()}};
  const size_t new_bytes = size_bytes_ - (end_offset - begin_offset) + replacement.size();
  FIMD_TRY_STATUS(EditedText::check(replacement, new_bytes));
  splice(begin, end, replacement);
  size_bytes_ = new_bytes;
  return edit;
}

void TextChunks::splice(Place begin, Place end, std::string_view replacement) {
  std::string text = std::move(chunks_[begin.chunk].text);
  if (begin.chunk == end.chunk) {
    text.replace(begin.offset, end.offset - begin.offset, replacement);
  } else {
    text.resize(begin.offset);
    text += replacement;
    text += std::string_view(chunks_[end.chunk].text).substr(end.offset);
  }
  const auto at = [this](size_t index) {
    return chunks_.begin() + static_cast<std::ptrdiff_t>(index);
  };
  size_t num_new = 1;
  if (text.size() > 2 * kChunkBytes) {
    std::vector<Chunk> pieces = split(text);
    num_new = pieces.size();
    chunks_.erase(at(begin.chunk), at(end.chunk + 1));
    chunks_.insert(at(begin.chunk),
                   std::make_move_iterator(pieces.begin()),
                   std::make_move_iterator(pieces.end()));
  } else {
    chunks_[begin.chunk] = make_chunk(text);
    chunks_.erase(at(begin.chunk + 1), at(end.chunk + 1));
    if (text.empty() && chunks_.size() > 1) {
      chunks_.erase(at(begin.chunk));
      num_new = 0;
    }
  }
  join_line_end(begin.chunk + num_new);
  if (num_new > 0) join_line_end(begin.chunk);
}

// A CR and an LF that met between two chunks go into the first.
void TextChunks::join_line_end(size_t index) {
  if (index == 0 || index >= chunks_.size()) return;
  Chunk& before = chunks_[index - 1];
  Chunk& after = chunks_[index];
  if (!before.text.ends_with('\r') || !after.text.starts_with('\n')) return;
  before = make_chunk(before.text + '\n');
  after = make_chunk(std::string_view(after.text).substr(1));
  if (after.text.empty()) chunks_.erase(chunks_.begin() + static_cast<std::ptrdiff_t>(index));
}

std::string TextChunks::join() const {
  std::string text;
  text.reserve(size_bytes_);
  for (const Chunk& chunk : chunks_) text += chunk.text;
  return text;
}

}  // namespace fimd
