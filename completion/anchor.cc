#include "completion/anchor.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "completion/context/secrets.h"
#include "completion/line_ending.h"
#include "completion/syntax/text_lines.h"
#include "completion/utf8.h"

namespace fimd {
namespace {

/// 1 / this of the budget is for other files and what the window does not reach.
constexpr int64_t kContextShare = 4;
/// A window that had to be cut leaves 1 / this of its budget free, for the next anchors to grow.
constexpr int64_t kSlackShare = 4;

std::string shown(std::string_view text) {
  return to_lf(mask_secrets(text));
}

/// Where the text of the cursor's line begins; in a long line, its last `most_bytes` / 2.
size_t anchor_offset(std::string_view text, size_t cursor, size_t most_bytes) {
  size_t begin = line_begin(text, cursor);
  while (begin < cursor && (text[begin] == ' ' || text[begin] == '\t')) ++begin;
  if (cursor - begin <= most_bytes / 2) return begin;
  size_t offset = cursor - most_bytes / 2;
  while (offset < cursor && is_utf8_continuation(text[offset])) ++offset;
  return offset;
}

}  // namespace

bool AnchorBook::holds(const Anchor& anchor, const PromptRequest& request) {
  const Site& site = request.site;
  const std::string_view text = site.view.text;
  const size_t cursor = site.cursor.value;
  const std::string_view right = text.substr(site.hole_end.value);
  return !anchor.expired && anchor.offset <= cursor &&
         cursor - anchor.offset <= request.max_typed_bytes &&
         text.substr(anchor.window_begin, anchor.offset - anchor.window_begin) == anchor.prefix &&
         (anchor.to_end ? right == anchor.suffix : right.starts_with(anchor.suffix));
}

Result<AnchorBook::Anchor> AnchorBook::make(const PromptRequest& request,
                                            const Anchor* previous,
                                            const TokenCounter& count_tokens) {
  const std::string_view text = request.site.view.text;
  const size_t offset = anchor_offset(text, request.site.cursor.value, request.max_typed_bytes);
  const int64_t context_tokens = request.budget_tokens / kContextShare;
  const int64_t window_tokens = request.budget_tokens - context_tokens;
  const TokenCounter count_shown = [&](std::string_view part) { return count_tokens(shown(part)); };

  const FimWindow whole = {text.substr(0, offset), text.substr(request.site.hole_end.value)};
  const bool grows = previous != nullptr && previous->offset <= offset &&
                     text.substr(previous->window_begin).starts_with(previous->prefix);
  FimWindow window;
  if (grows) {
    FimWindow grown = whole;
    grown.prefix.remove_prefix(previous->window_begin);
    FIMD_TRY(window, cut_fim_window(grown, window_tokens, count_shown));
    if (window.prefix.size() < grown.prefix.size()) window = {};
  }
  if (window.prefix.empty()) {
    FIMD_TRY(window, cut_fim_window(whole, window_tokens, count_shown));
    if (window.prefix.size() < whole.prefix.size()) {
      FIMD_TRY(window,
               cut_fim_window(whole, window_tokens - window_tokens / kSlackShare, count_shown));
    }
  }
  const ContextRequest context_request = {.site = request.site,
                                          .path = request.document.path,
                                          .window = window,
                                          .neighbours = request.neighbours,
                                          .budget_tokens = context_tokens};
  FIMD_TRY(std::string context, build_context(context_request, count_tokens));
  return Anchor{.window_begin = offset - window.prefix.size(),
                .offset = offset,
                .prefix = std::string(window.prefix),
                .suffix = std::string(window.suffix),
                .to_end = window.suffix.size() == whole.suffix.size(),
                .frozen = {.prompt = std::move(context) + shown(window.prefix),
                           .suffix = shown(window.suffix)}};
}

Result<AnchoredPrompt> AnchorBook::prompt_for(const PromptRequest& request,
                                              const TokenCounter& count_tokens) {
  const std::string& uri = request.document.uri;
  const auto typed_since = [&](const Anchor& anchor) {
    AnchoredPrompt prompt = anchor.frozen;
    prompt.middle = shown(
        request.site.view.text.substr(anchor.offset, request.site.cursor.value - anchor.offset));
    return prompt;
  };
  const std::lock_guard lock(mutex_);
  const auto found = anchors_.find(uri);
  if (found != anchors_.end() && holds(found->second, request)) {
    return typed_since(found->second);
  }
  const Anchor* previous = found == anchors_.end() ? nullptr : &found->second;
  FIMD_TRY(Anchor anchor, make(request, previous, count_tokens));
  AnchoredPrompt prompt = typed_since(anchor);
  if (request.keep) anchors_.insert_or_assign(uri, std::move(anchor));
  return prompt;
}

void AnchorBook::expire(const std::string& uri) {
  const std::lock_guard lock(mutex_);
  if (const auto found = anchors_.find(uri); found != anchors_.end()) found->second.expired = true;
}

void AnchorBook::forget(const std::string& uri) {
  const std::lock_guard lock(mutex_);
  anchors_.erase(uri);
}

bool AnchorBook::is_worn(const std::string& uri, ByteOffset cursor) const {
  const std::lock_guard lock(mutex_);
  const auto found = anchors_.find(uri);
  return found != anchors_.end() && cursor.value > found->second.offset + kMaxTypedBytes / 2;
}

}  // namespace fimd
