// The brackets around a cursor, scanned once for all that ask about a suggestion there.
//
// Watching the decoding, aligning, indenting and keeping a file parsing all ask what is open before
// the cursor, and some of them what of it the text behind the suggestion closes. Each such scan
// reads up to kMaxScanBytes.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "completion/site.h"
#include "completion/syntax/bracket_gap.h"

namespace fimd {

/// Thread: compatible.
class SiteBrackets {
 public:
  /// Borrows the text of `site`. A cursor or hole outside of it, or out of order, is moved into it.
  /// Cost: one scan.
  explicit SiteBrackets(const Site& site);

  [[nodiscard]] const Site& site() const { return site_; }

  /// The scan of what precedes the cursor.
  [[nodiscard]] const BracketScan& before() const { return before_; }

  /// lexical_context() of the cursor. Cost: that of one call, whoever asks again.
  [[nodiscard]] LexicalContext context();

  /// The gap between the cursor and what follows a suggestion, which begins at `suffix_begin`.
  /// Borrows nothing of `site`. Cost: one scan for each different `suffix_begin`.
  [[nodiscard]] std::shared_ptr<const BracketGap> gap(size_t suffix_begin);

 private:
  struct KnownGap {
    size_t suffix_begin = 0;
    std::shared_ptr<const BracketGap> gap;
  };

  const Site site_;
  const BracketScan before_;
  std::optional<LexicalContext> context_;
  std::vector<KnownGap> gaps_;
};

}  // namespace fimd
