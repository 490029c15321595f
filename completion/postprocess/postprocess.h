// From what a model wrote to what an editor may show: one pipeline for editors and `fimd fill`.
//
//   raw -> valid UTF-8, up to a special token's name -> what DecodeWatch keeps -> LF
//       -> the rules of rules.h, until nothing changes
//
// 1. Total: any bytes, any language, with or without a tree. A rule that would leave something odd
//    drops the suggestion: one that is missing costs less than one that is wrong.
// 2. Idempotent: what came out goes through unchanged.
// 3. Whether decoding was stopped by the watch or went on makes no difference.
// 4. What is replaced to the right of the cursor is contained, in order, in the text: editors hide
//    anything else.
//
// docs/completion.md says which complaint of users each rule answers.
#pragma once

#include <optional>
#include <string_view>

#include "completion/completion.h"
#include "completion/postprocess/site_brackets.h"

namespace fimd {

/// Absent when nothing worth showing is left.
/// Cost: one scan of the text within kMaxScanBytes before the cursor and a few of as much behind
/// it, unless `brackets` has them; a dozen parses of the edit at most, each of bounded length.
std::optional<Completion> postprocess(SiteBrackets& brackets, std::string_view raw);
std::optional<Completion> postprocess(const Site& site, std::string_view raw);

}  // namespace fimd
