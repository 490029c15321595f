#include "completion/prompt_window.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

#include "completion/context/safe_text.h"
#include "completion/line_ending.h"
#include "completion/text_change.h"

namespace fimd {

struct FrozenWindow {
  std::shared_ptr<const std::string> text;  ///< the document's
  size_t cursor = 0;
  size_t hole_bytes = 0;  ///< behind the cursor; within the window, but not counted
  size_t begin = 0;
  size_t end = 0;
  size_t least_before = 0;  ///< bytes before a cursor, unless the window begins with the document
  size_t least_after = 0;
  int64_t budget_tokens = 0;  ///< the request's
  int64_t num_tokens = 0;     ///< of the window, at most
  size_t masked_bytes = 0;    ///< of it
  std::shared_ptr<const PromptContext> context;
  int64_t newest_neighbour = 0;  ///< the largest Neighbour::recency
};

namespace {

/// Bytes that a window has before and after the cursor, at least, for each token of the budget: at
/// 1,024 tokens some 15 lines and 8.
constexpr double kLeastBefore = 0.5;
constexpr double kLeastAfter = 0.25;

int64_t newest_of(const std::vector<Neighbour>& neighbours) {
  int64_t newest = 0;
  for (const Neighbour& neighbour : neighbours) newest = std::max(newest, neighbour.recency);
  return newest;
}

/// Where a window is in a newer text: absent ends are where an edit straddles them.
struct TrackedEnds {
  std::optional<size_t> begin;
  std::optional<size_t> end;
  size_t inserted_bytes = 0;  ///< within the window
};

TrackedEnds track(const FrozenWindow& window, std::string_view text) {
  const size_t old_size = window.text->size();
  const TextChange change = find_change(*window.text, text);
  const auto moved = [&](size_t offset) { return offset - change.old_end + change.new_end; };
  TrackedEnds ends;
  if (window.begin <= change.begin) {
    ends.begin = window.begin;
  } else if (window.begin >= change.old_end) {
    ends.begin = moved(window.begin);
  }
  if (window.end == old_size) {
    ends.end = text.size();
  } else if (window.end <= change.begin) {
    ends.end = window.end;
  } else if (window.end >= change.old_end) {
    ends.end = moved(window.end);
  }
  const bool is_within =
      ends.begin && ends.end && *ends.begin <= change.begin && change.new_end <= *ends.end;
  if (is_within) ends.inserted_bytes = change.new_end - change.begin;
  return ends;
}

/// From one window to the next.
class WindowStep {
 public:
  WindowStep(const WindowRequest& request,
             const FrozenWindow* previous,
             const TokenCounter& count_tokens)
      : request_(request),
        count_tokens_(count_tokens),
        text_(request.site.view.text),
        cursor_(request.site.cursor.value),
        hole_end_(request.site.hole_end.value),
        window_tokens_(request.budget_tokens - request.budget_tokens / kContextShare),
        previous_(previous) {
    if (previous_ == nullptr) return;
    ends_ = track(*previous_, text_);
    continues_ = continues_typing({*previous_->text, previous_->cursor}, {text_, cursor_});
  }

  Result<FrozenWindow> run() {
    FIMD_TRY(FrozenWindow window, next_window());
    window.masked_bytes = window_text_.masked_bytes();
    return window;
  }

  /// The old window in this text, where the next keys need no other: it is not to be counted again
  /// and, of the same budget, would not be built anew.
  std::optional<FrozenWindow> window_as_it_is() {
    auto moved = moved_window();
    if (!moved || !has_room(*moved)) return std::nullopt;
    moved->masked_bytes = window_text_.masked_bytes();
    return moved;
  }

  /// Of the window that run() returned.
  [[nodiscard]] HolePrompt prompt(const FrozenWindow& window) const {
    return {.prefix = window.context->text + to_lf(window_text_.view(window.begin, cursor_)),
            .suffix = to_lf(window_text_.view(hole_end_, window.end))};
  }

  [[nodiscard]] bool is_new() const { return is_new_; }

  [[nodiscard]] bool continues() const { return continues_; }

 private:
  Result<FrozenWindow> next_window() {
    if (auto moved = moved_window()) {
      if (has_room(*moved)) return *std::move(moved);
      const int64_t limit = limit_of(*moved);
      FIMD_TRY_STATUS(measure());
      const auto counted = ruler_.count(cursor_ - moved->begin, moved->end - hole_end_);
      if (counted && *counted + limit / kReserveShare <= limit) {
        moved->num_tokens = *counted;
        return *std::move(moved);
      }
    } else {
      FIMD_TRY_STATUS(measure());
    }
    return build();
  }

  /// What a window and the text typed into it may have.
  [[nodiscard]] int64_t limit_of(const FrozenWindow& window) const {
    return request_.budget_tokens - window.context->num_tokens;
  }

  [[nodiscard]] bool has_room(const FrozenWindow& window) const {
    const int64_t limit = limit_of(window);
    const int64_t reserve = request_.renews ? limit / kIdleReserveShare : 0;
    return window.num_tokens + reserve <= limit;
  }

  /// Whether the old window's beginning is one for this cursor.
  [[nodiscard]] bool may_begin_there() const {
    if (!ends_.begin || *ends_.begin > cursor_) return false;
    return *ends_.begin == 0 || cursor_ - *ends_.begin >= previous_->least_before;
  }

  [[nodiscard]] bool may_end_there() const {
    if (!ends_.end || *ends_.end < hole_end_) return false;
    return *ends_.end == text_.size() || *ends_.end - hole_end_ >= previous_->least_after;
  }

  /// Whether the context may be another by now. Who knows of no neighbours cannot tell.
  [[nodiscard]] bool is_stale() const {
    return !request_.neighbours.empty() &&
           previous_->newest_neighbour != newest_of(request_.neighbours);
  }

  /// The old window in this text, where it is good for this request but perhaps too large.
  [[nodiscard]] std::optional<FrozenWindow> moved_window() {
    if (previous_ == nullptr || previous_->budget_tokens != request_.budget_tokens ||
        !may_begin_there() || !may_end_there()) {
      return std::nullopt;
    }
    if (is_stale() && (request_.renews || !continues_)) return std::nullopt;
    FrozenWindow moved = *previous_;
    moved.text = request_.document.text;
    moved.cursor = cursor_;
    moved.hole_bytes = hole_end_ - cursor_;
    moved.begin = *ends_.begin;
    moved.end = *ends_.end;
    // A key may turn what is written already into a secret, or back: bytes that count otherwise.
    window_text_ = SafeText(text_, moved.begin, moved.end);
    const auto masked = static_cast<int64_t>(window_text_.masked_bytes());
    moved.num_tokens += static_cast<int64_t>(ends_.inserted_bytes + previous_->hole_bytes) +
                        std::abs(masked - static_cast<int64_t>(previous_->masked_bytes));
    return moved;
  }

  /// Counts what surrounds the hole as it will be shown.
  Status measure() {
    // A little more, so that what ends the reach is not taken for the document's end.
    const size_t reach_bytes = fim_reach_bytes(window_tokens_, text_.size()) + 1;
    const size_t begin = cursor_ - std::min(cursor_, reach_bytes);
    const size_t end = std::min(hole_end_ + reach_bytes, text_.size());
    reached_text_ = SafeText(text_, begin, end);
    const FimWindow whole = {reached_text_.view(begin, cursor_),
                             reached_text_.view(hole_end_, end)};
    FIMD_TRY(ruler_, FimRuler::measure(whole, window_tokens_, [this](auto pieces) {
               return count_lf(pieces);
             }));
    return {};
  }

  Result<std::vector<int32_t>> count_lf(std::span<const std::string_view> pieces) const {
    const auto has_cr = [](std::string_view piece) {
      return piece.find('\r') != std::string_view::npos;
    };
    if (std::ranges::none_of(pieces, has_cr)) return count_tokens_(pieces);
    std::vector<std::string> texts;
    texts.reserve(pieces.size());
    for (const std::string_view piece : pieces) texts.push_back(to_lf(piece));
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    return count_tokens_(views);
  }

  [[nodiscard]] FimWindow cut() const {
    const FimWindow all = ruler_.cut(window_tokens_ - window_tokens_ / kReserveShare);
    const bool is_whole =
        all.prefix.size() == cursor_ && all.suffix.size() == text_.size() - hole_end_;
    if (is_whole) return all;
    const int64_t num_tokens = window_tokens_ - window_tokens_ / kSlackShare;
    if (previous_ != nullptr && may_begin_there()) {
      const size_t prefix_bytes = cursor_ - *ends_.begin;
      const FimWindow grown = ruler_.cut(num_tokens, prefix_bytes);
      if (grown.prefix.size() == prefix_bytes) return grown;
    }
    return ruler_.cut(num_tokens);
  }

  Result<FrozenWindow> build() {
    const FimWindow shown = cut();
    const size_t before = shown.prefix.size();
    const size_t after = shown.suffix.size();
    const size_t begin = cursor_ - before;
    const size_t end = hole_end_ + after;
    const ContextRequest context_request = {
        .site = request_.site,
        .path = request_.document.path,
        .window = {text_.substr(begin, before), text_.substr(hole_end_, after)},
        .neighbours = request_.neighbours,
        .budget_tokens = request_.budget_tokens - window_tokens_};
    FIMD_TRY(PromptContext context, build_context(context_request, count_tokens_));
    window_text_ = SafeText(text_, begin, end);
    is_new_ = previous_ == nullptr || ends_.begin != begin || ends_.end != end ||
              previous_->context->text != context.text;
    const auto bytes = [this](double for_each_token) {
      return static_cast<size_t>(static_cast<double>(request_.budget_tokens) * for_each_token);
    };
    // Half of what it has now: where lines are long, no window has more.
    return FrozenWindow{.text = request_.document.text,
                        .cursor = cursor_,
                        .hole_bytes = hole_end_ - cursor_,
                        .begin = begin,
                        .end = end,
                        .least_before = std::min(bytes(kLeastBefore), before / 2),
                        .least_after = std::min(bytes(kLeastAfter), after / 2),
                        .budget_tokens = request_.budget_tokens,
                        .num_tokens = ruler_.count(before, after).value_or(0),
                        .context = std::make_shared<const PromptContext>(std::move(context)),
                        .newest_neighbour = newest_of(request_.neighbours)};
  }

  const WindowRequest& request_;
  const TokenCounter& count_tokens_;
  const std::string_view text_;
  const size_t cursor_;
  const size_t hole_end_;
  const int64_t window_tokens_;
  const FrozenWindow* previous_;
  TrackedEnds ends_;
  bool continues_ = false;
  SafeText window_text_;
  SafeText reached_text_;  ///< what ruler_ has counted
  FimRuler ruler_;
  bool is_new_ = false;
};

}  // namespace

Result<WindowPrompt> PromptWindows::prompt_for(const WindowRequest& request,
                                               const TokenCounter& count_tokens) {
  WindowPrompt result;
  const std::shared_ptr<const FrozenWindow> previous = begin(request.document.uri, result);
  WindowStep step(request, previous.get(), count_tokens);
  FIMD_TRY(FrozenWindow window, step.run());
  result.prompt = step.prompt(window);
  result.continues = step.continues();
  result.is_new = step.is_new();
  result.window = std::make_shared<const FrozenWindow>(std::move(window));
  return result;
}

bool PromptWindows::follow(const DocumentSnapshot& document,
                           const Site& site,
                           const std::vector<Neighbour>& neighbours) {
  WindowPrompt followed;
  const std::shared_ptr<const FrozenWindow> previous = begin(document.uri, followed);
  if (previous == nullptr) return false;
  const WindowRequest request = {.document = document,
                                 .site = site,
                                 .neighbours = neighbours,
                                 .budget_tokens = previous->budget_tokens,
                                 .renews = true};
  auto window = WindowStep(request, previous.get(), {}).window_as_it_is();
  if (!window) return false;
  followed.window = std::make_shared<const FrozenWindow>(*std::move(window));
  keep(document.uri, followed);
  return true;
}

std::shared_ptr<const FrozenWindow> PromptWindows::begin(const std::string& uri,
                                                         WindowPrompt& prompt) {
  const std::lock_guard lock(mutex_);
  prompt.sequence = ++last_sequence_;
  const auto found = entries_.find(uri);
  return found == entries_.end() ? nullptr : found->second.window;
}

void PromptWindows::keep(const std::string& uri, const WindowPrompt& prompt) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[uri];
  if (entry.sequence > prompt.sequence) return;
  entry.window = prompt.window;
  entry.sequence = prompt.sequence;
  if (entries_.size() <= kMaxPromptWindows) return;
  entries_.erase(std::ranges::min_element(
      entries_, {}, [](const auto& item) { return item.second.sequence; }));
}

void PromptWindows::forget(const std::string& uri) {
  const std::lock_guard lock(mutex_);
  entries_.erase(uri);
}

bool PromptWindows::contains(const std::string& uri) const {
  const std::lock_guard lock(mutex_);
  return entries_.contains(uri);
}

bool PromptWindows::has_drifted(const std::string& uri) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(uri);
  return found != entries_.end() && found->second.drifted;
}

void PromptWindows::set_drifted(const std::string& uri, bool drifted) {
  const std::lock_guard lock(mutex_);
  if (const auto found = entries_.find(uri); found != entries_.end()) {
    found->second.drifted = drifted;
  }
}

}  // namespace fimd
