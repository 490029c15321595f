// A unified diff of one edit, as `patch` and `git apply` read it.
//
// The edit is known, so no longest common subsequence is searched: the lines that it touches are
// the hunk, less those at its beginning and end that it leaves as they were. Lines end with LF
// here, as they do for patch; a CR before one is part of the line.
// Source: POSIX, diff, "Diff -u or -U Output Format".
#pragma once

#include <string>
#include <string_view>

#include "completion/text_document.h"

namespace fimd {

struct DiffStyle {
  bool color = false;  ///< with ANSI escapes, in git's colours
};

/// The diff that replaces `range` of `document` with `replacement`; empty when nothing changes.
/// The file is called by the document's name: `a/NAME`, `b/NAME`, without a leading slash.
std::string unified_diff(const TextDocument& document,
                         ByteRange range,
                         std::string_view replacement,
                         DiffStyle style);

}  // namespace fimd
