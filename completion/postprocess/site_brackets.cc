#include "completion/postprocess/site_brackets.h"

#include <algorithm>

#include "completion/syntax/scope.h"

namespace fimd {
namespace {

/// Suggestions end where the hole does, or behind some of the few closers there.
constexpr size_t kMaxGaps = 8;

Site clamped(Site site) {
  const size_t size_bytes = site.view.text.size();
  site.cursor.value = std::min(site.cursor.value, size_bytes);
  site.hole_end.value = std::clamp(site.hole_end.value, site.cursor.value, size_bytes);
  return site;
}

}  // namespace

SiteBrackets::SiteBrackets(const Site& site)
    : site_(clamped(site)),
      before_(scan_before(site_.view.language, site_.view.text, site_.cursor.value)) {}

LexicalContext SiteBrackets::context() {
  if (!context_) context_ = lexical_context(site_.view, site_.cursor);
  return *context_;
}

std::shared_ptr<const BracketGap> SiteBrackets::gap(size_t suffix_begin) {
  const std::string_view text = site_.view.text;
  suffix_begin = std::min(suffix_begin, text.size());
  const auto known = std::ranges::find(gaps_, suffix_begin, &KnownGap::suffix_begin);
  if (known != gaps_.end()) return known->gap;
  if (gaps_.size() == kMaxGaps) gaps_.clear();
  auto gap = std::make_shared<const BracketGap>(
      site_.view.language, before_, text.substr(0, site_.cursor.value), text.substr(suffix_begin));
  gaps_.push_back({.suffix_begin = suffix_begin, .gap = gap});
  return gap;
}

}  // namespace fimd
