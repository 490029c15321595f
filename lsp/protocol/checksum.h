// fimd/checksum: what the server holds of a document, for tests of clients.
//
// A client that asks after each edit knows at once which edit the two sides took differently.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lsp/protocol/method.h"

namespace fimd::lsp {

struct ChecksumParams {
  std::string uri;
};

/// Of a text in UTF-8. In the message: {"bytes": n, "hash": 16 hexadecimal digits}.
struct TextChecksum {
  size_t num_bytes = 0;
  uint64_t hash = 0;  ///< FNV-1a of 64 bits

  bool operator==(const TextChecksum&) const = default;
};

TextChecksum checksum_of(std::string_view text);

bool from_json(const Json& json, const JsonPath& path, ChecksumParams& out);
/// Null: no such document is open.
Json to_json(const std::optional<TextChecksum>& checksum);

inline constexpr RequestMethod<ChecksumParams, std::optional<TextChecksum>> kChecksum{
    "fimd/checksum"};

}  // namespace fimd::lsp
