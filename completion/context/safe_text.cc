#include "completion/context/safe_text.h"

#include <algorithm>

#include "completion/context/secrets.h"
#include "engine/utf8.h"
#include "kernels/base/check.h"

namespace fimd {

SafeText::SafeText(std::string_view document, size_t begin, size_t end)
    : begin_(begin), end_(end), looked_begin_(begin - std::min(begin, kMaskedBeyondBytes)) {
  FIMD_CHECK(begin <= end && end <= document.size(), begin, end, document.size());
  size_t looked_end = std::min(end + kMaskedBeyondBytes, document.size());
  const auto splits_character = [&](size_t offset) {
    return offset > 0 && offset < document.size() && is_utf8_continuation(document[offset]);
  };
  while (splits_character(looked_begin_)) --looked_begin_;
  while (splits_character(looked_end)) ++looked_end;
  looked_ = mask_secrets(document.substr(looked_begin_, looked_end - looked_begin_));
  for (size_t i = begin; i < end; ++i) {
    if (looked_[i - looked_begin_] != document[i]) ++masked_bytes_;
  }
}

std::string_view SafeText::view(size_t begin, size_t end) const {
  FIMD_CHECK(begin_ <= begin && begin <= end && end <= end_, begin, end, begin_, end_);
  return std::string_view(looked_).substr(begin - looked_begin_, end - begin);
}

}  // namespace fimd
