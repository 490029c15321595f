#include "completion/fim_window.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "completion/line_ending.h"
#include "completion/syntax/text_lines.h"
#include "engine/utf8.h"

namespace fimd {
namespace {

bool is_blank_character(char c) {
  return c == ' ' || c == '\t';
}

/// Whether a word, with the blanks before it, or a run of other characters begins at `offset`.
bool is_piece_start(std::string_view text, size_t offset) {
  const char before = text[offset - 1];
  const char after = text[offset];
  if (is_blank_character(before)) return false;
  return is_blank_character(after) || is_word_character(before) != is_word_character(after);
}

/// The text on one side of the hole, addressed by distance from the hole in bytes.
struct Outwards {
  std::string_view text;
  bool backward;  ///< the hole is at the end of `text`

  [[nodiscard]] size_t offset(size_t distance) const {
    return backward ? text.size() - distance : distance;
  }

  [[nodiscard]] std::string_view between(size_t near, size_t far) const {
    return text.substr(backward ? text.size() - far : near, far - near);
  }

  [[nodiscard]] bool ends_line(size_t distance) const {
    return distance == text.size() || is_line_start(text, offset(distance));
  }

  /// The first end of a line in [near, limit]; beyond `limit` when there is none.
  [[nodiscard]] size_t line_end(size_t near, size_t limit) const {
    while (near <= limit && !ends_line(near)) ++near;
    return near;
  }

  /// Where the piece of a line ends that begins at `near`, in (near, limit]; `near` where not even
  /// a character ends there.
  [[nodiscard]] size_t piece_end(size_t near, size_t limit) const {
    const size_t last = std::min(limit, near + kMaxPieceBytes);
    size_t character_end = near;
    for (size_t end = near + 1; end <= last; ++end) {
      if (end == text.size()) return end;
      if (is_utf8_continuation(text[offset(end)])) continue;
      if (is_piece_start(text, offset(end))) return end;
      character_end = end;
    }
    return character_end;
  }
};

void append_pieces(const Outwards& side,
                   const std::vector<size_t>& ends,
                   std::vector<std::string_view>& pieces) {
  size_t near = 0;
  for (const size_t end : ends) {
    pieces.push_back(side.between(near, end));
    near = end;
  }
}

}  // namespace

Result<std::vector<int32_t>> count_pieces(std::span<const std::string_view> pieces,
                                          const TokenCounter& count_tokens) {
  FIMD_TRY(std::vector<int32_t> counts, count_tokens(pieces));
  if (counts.size() != pieces.size() || std::ranges::any_of(counts, [](int n) { return n < 0; })) {
    return fail(ErrorCode::kInternal,
                "the engine counted " + std::to_string(counts.size()) + " texts, not " +
                    std::to_string(pieces.size()) + ", or one below 0");
  }
  return counts;
}

size_t fim_reach_bytes(int64_t budget_tokens, size_t text_bytes) {
  const auto tokens = static_cast<uint64_t>(std::max<int64_t>(budget_tokens, 0));
  const uint64_t enough = text_bytes / kMaxBytesPerToken + 1;
  return std::min<uint64_t>(text_bytes, std::min(tokens, enough) * kMaxBytesPerToken);
}

size_t FimRuler::Side::longest(size_t first, size_t last, int64_t limit_tokens) const {
  const auto begin = sums.begin();
  const auto end = std::upper_bound(begin + static_cast<ptrdiff_t>(first),
                                    begin + static_cast<ptrdiff_t>(std::max(first, last)),
                                    tokens(first) + limit_tokens);
  return static_cast<size_t>(end - begin);
}

FimRuler::Side FimRuler::split(std::string_view text, bool backward, size_t reach_bytes) {
  const Outwards outwards = {text, backward};
  Side side;
  // A line end right behind the hole is the own line's.
  const size_t nearest = backward ? 0 : std::min<size_t>(text.size(), 1);
  const size_t own_end = outwards.line_end(nearest, reach_bytes);
  side.has_own_line = own_end <= reach_bytes;
  const size_t own_limit = std::min(own_end, reach_bytes);
  size_t end = 0;
  while (end < own_limit) {
    const size_t next = outwards.piece_end(end, own_limit);
    if (next == end) break;
    side.ends.push_back(end = next);
  }
  side.num_own = side.ends.size();
  while (side.has_own_line && end < reach_bytes) {
    end = outwards.line_end(end + 1, reach_bytes);
    if (end <= reach_bytes) side.ends.push_back(end);
  }
  return side;
}

Result<FimRuler> FimRuler::measure(const FimWindow& whole,
                                   int64_t budget_tokens,
                                   const TokenCounter& count_tokens) {
  const auto share = std::max<int64_t>(budget_tokens, 0) / kSuffixShare;
  FimRuler ruler;
  ruler.whole_ = whole;
  ruler.prefix_ = split(whole.prefix, true, fim_reach_bytes(budget_tokens, whole.prefix.size()));
  // What the prefix surely takes is not the suffix's.
  const auto taken =
      static_cast<int64_t>(ruler.prefix_.bytes(ruler.prefix_.ends.size())) / kMaxBytesPerToken;
  const int64_t suffix_tokens = std::max(budget_tokens - taken, share);
  ruler.suffix_ = split(whole.suffix, false, fim_reach_bytes(suffix_tokens, whole.suffix.size()));

  std::vector<std::string_view> pieces;
  append_pieces({whole.prefix, true}, ruler.prefix_.ends, pieces);
  append_pieces({whole.suffix, false}, ruler.suffix_.ends, pieces);
  std::vector<int32_t> counts;
  if (static_cast<int64_t>(whole.prefix.size() + whole.suffix.size()) <= budget_tokens) {
    for (const std::string_view piece : pieces) {
      counts.push_back(static_cast<int32_t>(piece.size()));
    }
  } else if (!pieces.empty()) {
    FIMD_TRY(counts, count_pieces(pieces, count_tokens));
  }
  size_t piece = 0;
  for (Side* side : {&ruler.prefix_, &ruler.suffix_}) {
    int64_t sum = 0;
    for (size_t i = 0; i < side->ends.size(); ++i) side->sums.push_back(sum += counts[piece++]);
  }
  return ruler;
}

FimWindow FimRuler::cut(int64_t budget_tokens, size_t most_prefix_bytes) const {
  const size_t num_prefix = static_cast<size_t>(
      std::upper_bound(prefix_.ends.begin(), prefix_.ends.end(), most_prefix_bytes) -
      prefix_.ends.begin());
  const size_t own_prefix = std::min(prefix_.num_own, num_prefix);
  const auto window = [&](size_t prefix_pieces, size_t suffix_pieces) {
    const size_t prefix_bytes = prefix_.bytes(prefix_pieces);
    return FimWindow{whole_.prefix.substr(whole_.prefix.size() - prefix_bytes),
                     whole_.suffix.substr(0, suffix_.bytes(suffix_pieces))};
  };
  int64_t room = budget_tokens;
  const size_t kept_prefix = prefix_.longest(0, own_prefix, room);
  room -= prefix_.tokens(kept_prefix);
  const bool reaches_line = own_prefix < prefix_.num_own || prefix_.has_own_line;
  if (kept_prefix < own_prefix || !reaches_line) return window(kept_prefix, 0);
  const size_t kept_suffix = suffix_.longest(0, suffix_.num_own, room);
  room -= suffix_.tokens(kept_suffix);
  if (kept_suffix < suffix_.num_own || !suffix_.has_own_line) {
    return window(kept_prefix, kept_suffix);
  }
  const size_t all_suffix = suffix_.ends.size();
  const int64_t share = budget_tokens / kSuffixShare - suffix_.tokens(kept_suffix);
  const size_t reserved =
      suffix_.longest(kept_suffix, all_suffix, std::clamp<int64_t>(share, 0, room));
  const int64_t reserved_tokens = suffix_.tokens(reserved) - suffix_.tokens(kept_suffix);
  const size_t before = prefix_.longest(kept_prefix, num_prefix, room - reserved_tokens);
  room -= prefix_.tokens(before) - prefix_.tokens(kept_prefix);
  return window(before, suffix_.longest(kept_suffix, all_suffix, room));
}

std::optional<int64_t> FimRuler::count(size_t prefix_bytes, size_t suffix_bytes) const {
  int64_t num_tokens = 0;
  const auto add = [&num_tokens](const Side& side, size_t num_bytes) {
    const auto end = std::lower_bound(side.ends.begin(), side.ends.end(), num_bytes);
    if (end == side.ends.end()) return num_bytes == 0;
    num_tokens += num_bytes == 0 ? 0 : side.sums[static_cast<size_t>(end - side.ends.begin())];
    return true;
  };
  if (!add(prefix_, prefix_bytes) || !add(suffix_, suffix_bytes)) return std::nullopt;
  return num_tokens;
}

Result<FimWindow> cut_fim_window(const FimWindow& whole,
                                 int64_t budget_tokens,
                                 const TokenCounter& count_tokens) {
  FIMD_TRY(const FimRuler ruler, FimRuler::measure(whole, budget_tokens, count_tokens));
  return ruler.cut(budget_tokens);
}

}  // namespace fimd
