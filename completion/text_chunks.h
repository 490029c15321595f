// A text in pieces, for as long as many edits are applied to it one after another.
//
// An editor's "format document" or a rename sends thousands of edits in one message, each of which
// speaks of the text that the one before it left. In one string every edit would move what comes
// after it and read its line from the beginning; here it finds its place over the counts of the
// chunks and touches one or two of them.
//
//   chunk   "ab\r\n" "c" ...   at most 2 * kChunkBytes, and how many bytes, code units, line ends
//
// Positions and errors are EditedText's. Invariants:
// 1. There is at least one chunk, and only the chunk of an empty text is empty.
// 2. No chunk ends within a character or between a CR and its LF, so what a chunk counts does not
//    depend on its neighbours.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "completion/edited_text.h"
#include "kernels/base/result.h"

namespace fimd {

/// The root of a text of 16 MB: of that size, an edit looks at as many chunks as bytes.
inline constexpr size_t kChunkBytes = 4096;

/// A place as tree-sitter counts: rows that an LF ends, and bytes in the row.
struct RowPoint {
  uint32_t row = 0;
  uint32_t column_bytes = 0;
  bool operator==(const RowPoint&) const = default;
};

/// `from` moved on over `text`.
RowPoint moved(RowPoint from, std::string_view text);

/// What an edit did, with its places as rows too.
struct PlacedEdit {
  AppliedEdit bytes;
  RowPoint begin;
  RowPoint old_end;
  RowPoint new_end;
};

/// Thread: compatible.
class TextChunks {
 public:
  /// Cost: one pass.
  TextChunks(std::string_view text, PositionEncoding encoding);

  /// As EditedText::replace(). After an error nothing has changed.
  /// Cost: looks at the counts of all chunks, and reads and writes a few chunks.
  Result<PlacedEdit> replace(EncodedRange range, std::string_view text);

  [[nodiscard]] std::string join() const;

 private:
  struct Chunk {
    std::string text;
    uint32_t units = 0;      ///< of the encoding
    uint32_t line_ends = 0;  ///< LF, CRLF and lone CR
    uint32_t line_feeds = 0;
  };

  struct Place {
    size_t chunk = 0;
    size_t offset = 0;
    bool splits_pair = false;
  };

  [[nodiscard]] Chunk make_chunk(std::string_view text) const;
  [[nodiscard]] std::vector<Chunk> split(std::string_view text) const;
  [[nodiscard]] Place place_of(EncodedPosition position) const;
  [[nodiscard]] Place place_in_line(Place begin, uint32_t units) const;
  [[nodiscard]] std::string_view split_pair(Place place) const;
  [[nodiscard]] size_t offset_of(Place place) const;
  [[nodiscard]] RowPoint point_of(Place place) const;
  void splice(Place begin, Place end, std::string_view replacement);
  void join_line_end(size_t index);

  PositionEncoding encoding_;
  std::vector<Chunk> chunks_;
  size_t size_bytes_;
};

}  // namespace fimd
