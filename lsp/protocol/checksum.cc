#include "lsp/protocol/checksum.h"

#include <utility>

#include "lsp/protocol/text_document.h"

namespace fimd::lsp {
namespace {

constexpr uint64_t kFnvBasis = 0xCBF29CE484222325U;
constexpr uint64_t kFnvPrime = 0x100000001B3U;

std::string sixteen_digits(uint64_t number) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digits;
  for (int shift = 60; shift >= 0; shift -= 4) digits += kDigits[(number >> shift) & 0xFU];
  return digits;
}

}  // namespace

TextChecksum checksum_of(std::string_view text) {
  TextChecksum checksum = {.num_bytes = text.size(), .hash = kFnvBasis};
  for (const char byte : text) {
    checksum.hash = (checksum.hash ^ static_cast<unsigned char>(byte)) * kFnvPrime;
  }
  return checksum;
}

bool from_json(const Json& json, const JsonPath& path, ChecksumParams& out) {
  TextDocumentIdentifier document;
  if (!JsonFields(json, path).required("textDocument", document)) return false;
  out.uri = std::move(document.uri);
  return true;
}

Json to_json(const std::optional<TextChecksum>& checksum) {
  if (!checksum) return nullptr;
  return {{"bytes", checksum->num_bytes}, {"hash", sixteen_digits(checksum->hash)}};
}

}  // namespace fimd::lsp
