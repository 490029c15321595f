#include "completion/text_change.h"

#include <algorithm>

#include "completion/syntax/typed_ahead.h"

namespace fimd {
namespace {

/// Compared at once: memcmp takes a block in a few cycles.
constexpr size_t kBlockBytes = 1024;

/// Bytes that both begin with.
size_t common_beginning(std::string_view a, std::string_view b) {
  const size_t limit = std::min(a.size(), b.size());
  size_t size_bytes = 0;
  while (limit - size_bytes >= kBlockBytes &&
         a.substr(size_bytes, kBlockBytes) == b.substr(size_bytes, kBlockBytes)) {
    size_bytes += kBlockBytes;
  }
  while (size_bytes < limit && a[size_bytes] == b[size_bytes]) ++size_bytes;
  return size_bytes;
}

/// Bytes that both end with.
size_t common_end(std::string_view a, std::string_view b) {
  const size_t limit = std::min(a.size(), b.size());
  size_t size_bytes = 0;
  const auto block = [&](std::string_view text) {
    return text.substr(text.size() - size_bytes - kBlockBytes, kBlockBytes);
  };
  while (limit - size_bytes >= kBlockBytes && block(a) == block(b)) size_bytes += kBlockBytes;
  while (size_bytes < limit && a[a.size() - size_bytes - 1] == b[b.size() - size_bytes - 1]) {
    ++size_bytes;
  }
  return size_bytes;
}

/// The smallest change that begins at `begin`, up to which the texts are equal.
TextChange change_from(size_t begin, std::string_view before, std::string_view after) {
  const size_t same = common_end(before.substr(begin), after.substr(begin));
  return {begin, before.size() - same, after.size() - same};
}

}  // namespace

TextChange find_change(std::string_view before, std::string_view after) {
  const bool is_one = before.data() == after.data() && before.size() == after.size();
  if (is_one) return {before.size(), before.size(), before.size()};
  return change_from(common_beginning(before, after), before, after);
}

bool continues_typing(const TextAtCursor& before, const TextAtCursor& after) {
  const TextChange last = find_change(before.text, after.text);
  const size_t first_cursor = std::min(before.cursor, after.cursor);
  TextChange change = last;
  if (first_cursor < last.begin) {
    // Perhaps it is the same change from an earlier place on.
    change = change_from(first_cursor, before.text, after.text);
    if (change.old_end - change.begin != last.old_end - last.begin) return false;
  }
  if (before.cursor < change.begin || before.cursor > change.old_end) return false;
  if (after.cursor < change.begin) return false;
  if (after.cursor <= change.new_end) return true;
  return is_typed_ahead(after.text.substr(change.new_end, after.cursor - change.new_end));
}

}  // namespace fimd
