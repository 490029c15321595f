// What a session will be like, decided once, from what the client can do.
//
// Positions: utf-8 spares the conversion, utf-16 is what every client must know, utf-32 is left for
// those that offer nothing else. Ghost text is announced in the reply to initialize, or registered
// later by clients that want it so, never both ways. The popup is only for clients that know
// nothing of ghost text: those that do would show the same suggestion twice.
#pragma once

#include <vector>

#include "lsp/protocol/lifecycle.h"
#include "lsp/protocol/workspace.h"

namespace fimd::lsp {

struct SessionTerms {
  PositionEncoding position_encoding = PositionEncoding::kUtf16;
  bool offers_inline_completion = true;  ///< in the reply to initialize
  bool offers_completion = false;
  std::vector<RegistrationKind> registrations;  ///< to be made after initialized
};

SessionTerms negotiate(const ClientCapabilities& client);

}  // namespace fimd::lsp
