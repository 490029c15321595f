#include "completion/fim_window.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "completion/line_ending.h"
#include "completion/utf8.h"

namespace fimd {
namespace {

/// Large enough that a prompt takes few counts, small enough that the one block that overshoots the
/// budget costs little.
constexpr size_t kBlockBytes = 4096;

enum class Unit { kCharacter, kLine };

/// A piece of a side, from the hole outwards.
struct Extent {
  size_t size_bytes = 0;
  int64_t num_tokens = 0;
};

/// The text on one side of the hole, addressed by distance from the hole in bytes.
struct Side {
  std::string_view text;
  bool backward;  ///< the hole is at the end of `text`

  [[nodiscard]] std::string_view between(size_t near_bytes, size_t far_bytes) const {
    const size_t begin = backward ? text.size() - far_bytes : near_bytes;
    return text.substr(begin, far_bytes - near_bytes);
  }

  [[nodiscard]] bool is_boundary(size_t distance_bytes, Unit unit) const {
    if (distance_bytes == text.size()) return true;
    const size_t offset = backward ? text.size() - distance_bytes : distance_bytes;
    if (unit == Unit::kLine) return is_line_start(text, offset);
    return offset == text.size() || !is_utf8_continuation(text[offset]);
  }

  /// The last boundary in (near_bytes, far_bytes], or near_bytes.
  [[nodiscard]] size_t last_boundary(size_t near_bytes, size_t far_bytes, Unit unit) const {
    while (far_bytes > near_bytes && !is_boundary(far_bytes, unit)) --far_bytes;
    return far_bytes;
  }

  /// The side without the `size_bytes` next to the hole.
  [[nodiscard]] Side beyond(size_t size_bytes) const {
    return {between(size_bytes, text.size()), backward};
  }

  /// The part of the hole's own line, its end included.
  [[nodiscard]] Side own_line() const {
    size_t size_bytes = backward ? 0 : std::min<size_t>(text.size(), 1);
    while (!is_boundary(size_bytes, Unit::kLine)) ++size_bytes;
    return {between(0, size_bytes), backward};
  }
};

class WindowCutter {
 public:
  explicit WindowCutter(const TokenCounter& count_tokens) : count_tokens_(count_tokens) {}

  /// A window of about `budget_tokens`: the sum over blocks is at most that.
  [[nodiscard]] Result<FimWindow> cut(const FimWindow& whole, int64_t budget_tokens) const {
    const Side prefix = {whole.prefix, true};
    const Side suffix = {whole.suffix, false};
    const Side own_prefix = prefix.own_line();
    const Side own_suffix = suffix.own_line();

    int64_t room = budget_tokens;
    FIMD_TRY(const Extent kept_prefix, longest_within(own_prefix, Unit::kCharacter, room));
    room -= kept_prefix.num_tokens;
    if (kept_prefix.size_bytes < own_prefix.text.size()) {
      return FimWindow{prefix.between(0, kept_prefix.size_bytes), {}};
    }
    FIMD_TRY(const Extent kept_suffix, longest_within(own_suffix, Unit::kCharacter, room));
    room -= kept_suffix.num_tokens;
    if (kept_suffix.size_bytes < own_suffix.text.size()) {
      return FimWindow{own_prefix.text, suffix.between(0, kept_suffix.size_bytes)};
    }

    const Side far_prefix = prefix.beyond(kept_prefix.size_bytes);
    const Side far_suffix = suffix.beyond(kept_suffix.size_bytes);
    const int64_t share = budget_tokens / kSuffixShare - kept_suffix.num_tokens;
    FIMD_TRY(const Extent reserved,
             longest_within(far_suffix, Unit::kLine, std::clamp<int64_t>(share, 0, room)));
    FIMD_TRY(const Extent before,
             longest_within(far_prefix, Unit::kLine, room - reserved.num_tokens));
    FIMD_TRY(const Extent after, longest_within(far_suffix, Unit::kLine, room - before.num_tokens));
    return FimWindow{prefix.between(0, kept_prefix.size_bytes + before.size_bytes),
                     suffix.between(0, kept_suffix.size_bytes + after.size_bytes)};
  }

 private:
  /// The longest extent of whole units that has at most `limit_tokens`, counted block by block.
  [[nodiscard]] Result<Extent> longest_within(const Side& side,
                                              Unit unit,
                                              int64_t limit_tokens) const {
    Extent whole;    // ends between two units
    Extent counted;  // what has been counted: `whole`, and perhaps the near part of a long line
    while (counted.size_bytes < side.text.size()) {
      const size_t near_bytes = counted.size_bytes;
      const size_t reach = std::min(near_bytes + kBlockBytes, side.text.size());
      size_t far_bytes = side.last_boundary(near_bytes, reach, Unit::kLine);
      if (far_bytes == near_bytes) {
        far_bytes = side.last_boundary(near_bytes, reach, Unit::kCharacter);
      }
      FIMD_TRY(const int64_t num_tokens, count_tokens_(side.between(near_bytes, far_bytes)));
      const Extent next = {far_bytes, counted.num_tokens + num_tokens};
      if (next.num_tokens > limit_tokens) {
        FIMD_TRY(const Extent more, bisect({side, unit, limit_tokens}, counted, far_bytes));
        return more.size_bytes > near_bytes ? more : whole;
      }
      counted = next;
      if (side.is_boundary(far_bytes, unit)) whole = counted;
    }
    return whole;
  }

  struct Search {
    const Side& side;
    Unit unit;
    int64_t limit_tokens;
  };

  /// The longest extent that ends in (counted, far_bytes), or `counted` when there is none.
  [[nodiscard]] Result<Extent> bisect(const Search& search,
                                      Extent counted,
                                      size_t far_bytes) const {
    std::vector<size_t> ends;
    for (size_t end = counted.size_bytes + 1; end < far_bytes; ++end) {
      if (search.side.is_boundary(end, search.unit)) ends.push_back(end);
    }
    Extent best = counted;
    size_t low = 0;
    size_t high = ends.size();
    while (low < high) {
      const size_t middle = low + (high - low) / 2;
      FIMD_TRY(const int64_t num_tokens,
               count_tokens_(search.side.between(counted.size_bytes, ends[middle])));
      if (counted.num_tokens + num_tokens <= search.limit_tokens) {
        best = {ends[middle], counted.num_tokens + num_tokens};
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return best;
  }

  const TokenCounter& count_tokens_;
};

}  // namespace

Result<FimWindow> cut_fim_window(FimWindow whole,
                                 int64_t budget_tokens,
                                 const TokenCounter& count_tokens) {
  // A token has at least one byte.
  if (static_cast<int64_t>(whole.prefix.size() + whole.suffix.size()) <= budget_tokens) {
    return whole;
  }
  const WindowCutter cutter(count_tokens);
  int64_t target_tokens = budget_tokens;
  while (target_tokens > 0) {
    FIMD_TRY(const FimWindow window, cutter.cut(whole, target_tokens));
    FIMD_TRY(const int64_t prefix_tokens, count_tokens(window.prefix));
    FIMD_TRY(const int64_t suffix_tokens, count_tokens(window.suffix));
    const int64_t excess_tokens = prefix_tokens + suffix_tokens - budget_tokens;
    if (excess_tokens <= 0) return window;
    target_tokens -= excess_tokens;
  }
  return FimWindow{};
}

}  // namespace fimd
