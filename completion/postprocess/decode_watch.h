// When to stop decoding: as soon as what comes next would be cut off anyhow.
//
//   the scope is left (scope_watch.h)        a single line is asked for and complete
//   the suffix's next lines are reproduced   a line, or a run of words, is repeated
//
// A brace that stands open on the cursor's own line is no block to be left: `import { a` goes on to
// the end of its line. Closers that an editor typed ahead, to the right of the cursor, are the
// completion's to write again: postprocess() replaces them.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "completion/postprocess/following_lines.h"
#include "completion/postprocess/site_brackets.h"
#include "completion/syntax/scope_watch.h"

namespace fimd {

/// Thread: compatible.
class DecodeWatch {
 public:
  /// Borrows the site's text.
  explicit DecodeWatch(SiteBrackets& brackets);

  /// How much of `completion`, all that was decoded so far, is to be kept, once the rest is of no
  /// use; absent while decoding should go on. What was once answered stays so as it grows.
  /// Cost: linear in `completion`.
  [[nodiscard]] std::optional<size_t> end_of(std::string_view completion) const;

 private:
  [[nodiscard]] std::optional<size_t> first_end(std::string_view completion) const;
  [[nodiscard]] std::optional<size_t> end_of_line(std::string_view completion) const;
  [[nodiscard]] std::optional<size_t> end_of_scope(std::string_view completion) const;

  const Language& language_;
  std::shared_ptr<const BracketGap> gap_;
  ScopeWatch scope_;
  bool inline_brace_;  ///< the innermost one was opened on the cursor's line
  FollowingLines following_;
  bool single_line_;
  bool may_begin_line_;  ///< behind a line that has text: a line end may come first
};

}  // namespace fimd
