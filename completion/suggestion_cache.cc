#include "completion/suggestion_cache.h"

#include <algorithm>
#include <utility>

#include "completion/syntax/typed_ahead.h"

namespace fimd {
namespace {

/// The suggestions of some minutes, in all documents.
constexpr size_t kMaxEntries = 64;
/// What stands farther away may change without making a suggestion wrong.
constexpr size_t kContextBytes = 1024;

/// Whether the characters of `part` stand in `whole` in their order: what an editor asks of a
/// suggestion that replaces `part`.
bool contains_in_order(std::string_view whole, std::string_view part) {
  for (const char c : part) {
    const size_t at = whole.find(c);
    if (at == std::string_view::npos) return false;
    whole.remove_prefix(at + 1);
  }
  return true;
}

/// How much of `completion` (LF) the document's bytes `typed` are, or absent.
std::optional<size_t> typed_along(std::string_view completion, std::string_view typed) {
  std::string lf;
  lf.reserve(typed.size());
  for (size_t i = 0; i < typed.size(); ++i) {
    const bool crlf = typed[i] == '\r' && i + 1 < typed.size() && typed[i + 1] == '\n';
    if (!crlf) lf += typed[i];
  }
  if (!completion.starts_with(lf)) return std::nullopt;
  return lf.size();
}

}  // namespace

void SuggestionCache::store(std::string_view uri,
                            std::string_view text,
                            ByteOffset cursor,
                            const Completion& completion,
                            Extent extent) {
  const size_t start = std::min(cursor.value, text.size());
  const size_t end = std::clamp(completion.end.value, start, text.size());
  const size_t context = std::min(start, kContextBytes);
  Entry entry = {.uri = std::string(uri),
                 .start = start,
                 .before = std::string(text.substr(start - context, context)),
                 .text = completion.text,
                 .covered = std::string(text.substr(start, end - start)),
                 .after = std::string(text.substr(end, kContextBytes)),
                 .at_end = text.size() - end <= kContextBytes,
                 .extent = extent};
  const std::lock_guard lock(mutex_);
  entries_.push_front(std::move(entry));
  if (entries_.size() > kMaxEntries) entries_.pop_back();
}

std::optional<Completion> SuggestionCache::find(std::string_view uri,
                                                std::string_view text,
                                                ByteOffset cursor,
                                                Extent least) const {
  const std::lock_guard lock(mutex_);
  for (const Entry& entry : entries_) {
    if (entry.uri != uri || (least == Extent::kWhole && entry.extent == Extent::kCut)) continue;
    if (auto rest = rest_of(entry, text, std::min(cursor.value, text.size()))) return rest;
  }
  return std::nullopt;
}

std::optional<Completion> SuggestionCache::rest_of(const Entry& entry,
                                                   std::string_view text,
                                                   size_t cursor) {
  if (cursor < entry.start || cursor - entry.start > 2 * entry.text.size()) return std::nullopt;
  if (!text.substr(0, entry.start).ends_with(entry.before)) return std::nullopt;
  const auto typed = typed_along(entry.text, text.substr(entry.start, cursor - entry.start));
  if (!typed || *typed == entry.text.size()) return std::nullopt;
  const std::string rest = entry.text.substr(*typed);
  if (is_closing(rest)) return std::nullopt;  // nobody needs to be told

  const std::string_view right = text.substr(cursor);
  for (size_t ahead = 0; ahead <= kMaxAheadOfKey && ahead <= right.size(); ++ahead) {
    if (!is_typed_ahead(right.substr(0, ahead))) break;
    // Typing over a closer leaves fewer to replace.
    for (size_t over = 0; over <= entry.covered.size(); ++over) {
      const std::string old = entry.covered.substr(over) + entry.after;
      const std::string_view now = right.substr(ahead);
      if (entry.at_end ? now != old : !now.starts_with(old)) continue;
      const size_t covered = ahead + entry.covered.size() - over;
      if (!contains_in_order(rest, right.substr(0, covered))) continue;
      return Completion{.text = rest, .end = {cursor + covered}};
    }
  }
  return std::nullopt;
}

}  // namespace fimd
