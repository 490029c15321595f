#include "completion/context/chunks.h"

#include <algorithm>
#include <utility>

#include "completion/syntax/text_lines.h"

namespace fimd {
namespace {

/// How well a chunk can end before a line.
enum class CutQuality { kNone, kAnyLine, kFirstColumn, kBlankLine, kDefinition };

struct Line {
  size_t begin = 0;
  size_t end = 0;   // before its line end
  size_t next = 0;  // where the next one begins
  bool blank = true;
  bool first_column = false;
};

Line line_from(std::string_view text, size_t begin) {
  Line line = {.begin = begin, .end = begin};
  for (; line.end < text.size(); ++line.end) {
    const char c = text[line.end];
    if (c == '\n' || c == '\r') break;
    line.blank = line.blank && (c == ' ' || c == '\t' || c == '\f' || c == '\v');
  }
  line.next = std::min(line.end + (text.substr(line.end, 2) == "\r\n" ? 2 : 1), text.size());
  // A closer, a label or a directive in the first column ends something or stands within it.
  line.first_column = !line.blank && (is_word_character(text[begin]) || text[begin] == '@');
  return line;
}

CutQuality quality_before(const Line& line, bool after_blank) {
  if (line.first_column) return after_blank ? CutQuality::kDefinition : CutQuality::kFirstColumn;
  return after_blank && !line.blank ? CutQuality::kBlankLine : CutQuality::kAnyLine;
}

/// The lines of the chunk that is being gathered, and the best place to end it.
class ChunkCutter {
 public:
  explicit ChunkCutter(std::string_view text) : text_(text) {}

  std::vector<ByteRange> run() {
    size_t at = 0;
    bool after_blank = true;
    while (at < text_.size()) {
      const Line line = line_from(text_, at);
      if (line.end - line.begin > kMaxChunkBytes) {
        finish(line.begin);
        begin_ = line.next;
      } else if (line.end - begin_ > kMaxChunkBytes || num_lines_ == kMaxChunkLines) {
        // The lines after the cut are read again, as the beginning of the next chunk.
        at = best_ > begin_ ? best_ : line.begin;
        finish(at);
        after_blank = true;
        continue;
      } else if (!consider(line, after_blank)) {
        continue;
      }
      after_blank = line.blank;
      at = line.next;
    }
    finish(text_.size());
    return std::move(chunks_);
  }

 private:
  // Counts `line` in; false when the chunk ends before it.
  bool consider(const Line& line, bool after_blank) {
    const CutQuality quality = quality_before(line, after_blank);
    if (num_lines_ >= kMinChunkLines) {
      if (quality == CutQuality::kDefinition) {
        finish(line.begin);
        return false;
      }
      if (quality > CutQuality::kAnyLine && quality >= best_quality_) {
        best_ = line.begin;
        best_quality_ = quality;
      }
    }
    ++num_lines_;
    return true;
  }

  void finish(size_t end) {
    const std::string_view piece = trimmed_right(text_.substr(begin_, end - std::min(begin_, end)));
    size_t first = 0;
    while (first < piece.size() && is_blank(line_at(piece, first))) {
      first = next_line_begin(piece, first);
    }
    if (!piece.empty()) chunks_.push_back({{begin_ + first}, {begin_ + piece.size()}});
    begin_ = end;
    num_lines_ = 0;
    best_ = 0;
    best_quality_ = CutQuality::kNone;
  }

  std::string_view text_;
  std::vector<ByteRange> chunks_;
  size_t begin_ = 0;
  size_t num_lines_ = 0;
  size_t best_ = 0;
  CutQuality best_quality_ = CutQuality::kNone;
};

}  // namespace

std::vector<ByteRange> cut_chunks(std::string_view text) {
  return ChunkCutter(text).run();
}

}  // namespace fimd
