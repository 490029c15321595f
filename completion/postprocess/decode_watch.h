// When to stop decoding: as soon as what comes next would be cut off anyhow.
//
//   the scope is left (scope_watch.h)        a single line is asked for and complete
//   the suffix's next lines are reproduced   a line, or a run of words, is repeated
//
// Closers that an editor typed ahead, to the right of the cursor, are the completion's to write
// again: postprocess() replaces them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "completion/postprocess/following_lines.h"
#include "completion/postprocess/repetition.h"
#include "completion/postprocess/site_brackets.h"
#include "completion/syntax/growing_text.h"
#include "completion/syntax/scope_watch.h"

namespace fimd {

/// Thread: compatible.
class DecodeWatch {
 public:
  /// Borrows the site's text.
  explicit DecodeWatch(SiteBrackets& brackets);

  /// Takes what was decoded next. How much of text() is to be kept, once the rest is of no use;
  /// absent while decoding should go on. The answer is that for the shortest beginning of the text
  /// that has one, so it does not depend on the pieces. After an answer nothing more is to come.
  /// Cost: reads the piece and the line that it continues, and copies the brackets that are open.
  std::optional<size_t> push(std::string_view piece) { return text_.push(piece, watches_); }

  /// All that was pushed.
  [[nodiscard]] const std::string& text() const { return text_.text(); }

  /// How many bytes of lines push() has looked at, each as often as it did.
  [[nodiscard]] int64_t num_looked_at() const { return text_.num_looked_at(); }

  /// What push() answers a watch that has seen nothing before `completion`.
  [[nodiscard]] std::optional<size_t> end_of(std::string_view completion) const {
    return answer_for(completion, first_watches_);
  }

  /// How much is to be kept of `completion`, which is all there will be.
  [[nodiscard]] size_t settled_end_of(std::string_view completion) const;

 private:
  /// What the answer is made of, as in growing_text.h.
  class Watches {
   public:
    explicit Watches(SiteBrackets& brackets);

    std::optional<size_t> look(const GrowingLine& line);
    void pass(const GrowingLine& line);

    [[nodiscard]] const ScopeWatch& scope() const { return scope_; }

   private:
    [[nodiscard]] std::optional<size_t> end_of_line(const GrowingLine& line) const;

    ScopeWatch scope_;
    FollowingLines following_;
    RepetitionWatch repetition_;
    bool single_line_;
    bool may_begin_line_;  ///< behind a line that has text: a line end may come first
  };

  const std::string_view closing_;  ///< what stands to the right and may stay there
  const Watches first_watches_;     ///< nothing has passed
  Watches watches_;
  GrowingText text_;
};

}  // namespace fimd
