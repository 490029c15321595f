#include "lsp/negotiation.h"

namespace fimd::lsp {

SessionTerms negotiate(const ClientCapabilities& client) {
  SessionTerms terms;
  // The client's order: the first is what it counts in, and converts to the others.
  if (!client.position_encodings.empty()) {
    terms.position_encoding = client.position_encodings.front();
  }

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
