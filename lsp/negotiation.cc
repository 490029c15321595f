#include "lsp/negotiation.h"

#include <algorithm>
#include <array>

namespace fimd::lsp {

SessionTerms negotiate(const ClientCapabilities& client) {
  constexpr std::array<PositionEncoding, 3> kPreferred = {
      PositionEncoding::kUtf8, PositionEncoding::kUtf16, PositionEncoding::kUtf32};
  SessionTerms terms;
  const auto* const encoding = std::ranges::find_if(kPreferred, [&](PositionEncoding candidate) {
    return std::ranges::count(client.position_encodings, candidate) > 0;
  });
  if (encoding != kPreferred.end()) terms.position_encoding = *encoding;

  terms.offers_inline_completion = !client.inline_completion_registration;
  terms.offers_completion = !client.inline_completion;
  if (client.inline_completion_registration) {
    terms.registrations.push_back(RegistrationKind::kInlineCompletion);
  }
  if (client.configuration_registration) {
    terms.registrations.push_back(RegistrationKind::kConfiguration);
  }
  return terms;
}

}  // namespace fimd::lsp
