#include "lsp/uri.h"

#include <algorithm>
#include <charconv>

#include "kernels/base/ascii.h"

namespace fimd::lsp {
namespace {

/// The byte that the escape at `at` of `text` stands for; absent: a malformed one, or NUL.
std::optional<char> escaped_byte(std::string_view text, size_t at) {
  const std::string_view digits = text.substr(at + 1, 2);
  unsigned char byte = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
  const bool whole = digits.size() == 2 && end == digits.data() + 2;
  if (error != std::errc() || !whole || byte == 0) return std::nullopt;
  return static_cast<char>(byte);
}

/// Without the scheme and its colon; the whole of what has none. `scheme` is in lower case.
std::string_view after_scheme(std::string_view uri, std::string& scheme) {
  const size_t colon = uri.find_first_of(":/?#");
  if (colon == std::string_view::npos || uri[colon] != ':') return uri;
  scheme = to_ascii_lower(uri.substr(0, colon));
  return uri.substr(colon + 1);
}

}  // namespace

std::optional<std::string> path_of_uri(std::string_view uri) {
  constexpr std::string_view kAuthority = "//";
  constexpr std::string_view kLocalhost = "localhost/";
  std::string scheme;
  uri = after_scheme(uri, scheme);
  if (scheme != "file") return std::nullopt;
  if (uri.starts_with(kAuthority)) uri.remove_prefix(kAuthority.size());
  if (uri.starts_with(kLocalhost)) uri.remove_prefix(kLocalhost.size() - 1);
  if (!uri.starts_with('/')) return std::nullopt;
  std::string path;
  for (size_t i = 0; i < uri.size(); ++i) {
    if (uri[i] != '%') {
      path += uri[i];
      continue;
    }
    const std::optional<char> byte = escaped_byte(uri, i);
    if (!byte) return std::nullopt;
    path += *byte;
    i += 2;
  }
  return path;
}

std::string judged_path_of_uri(std::string_view uri) {
  if (auto path = path_of_uri(uri)) return *std::move(path);
  std::string scheme;
  uri = after_scheme(uri, scheme);
  if (uri.starts_with("//")) uri.remove_prefix(std::min(uri.find('/', 2), uri.size()));
  uri = uri.substr(0, uri.find_first_of("?#"));
  std::string path;
  for (size_t i = 0; i < uri.size(); ++i) {
    const std::optional<char> byte = uri[i] == '%' ? escaped_byte(uri, i) : std::nullopt;
    path += byte.value_or(uri[i]);
    if (byte) i += 2;
  }
  return path;
}

}  // namespace fimd::lsp
