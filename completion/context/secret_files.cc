#include <algorithm>
#include <string>

#include "completion/context/secrets.h"
#include "completion/syntax/text_lines.h"
#include "kernels/base/ascii.h"

namespace fimd {
namespace {

constexpr std::string_view kFolders = ".ssh .gnupg .aws .azure .kube";

constexpr std::string_view kNames =
    ".env .envrc .netrc _netrc .npmrc .pypirc .htpasswd .pgpass .my.cnf .s3cfg .dockercfg "
    ".dockerconfigjson .git-credentials .vault-token .boto kubeconfig credentials "
    "credentials.json credentials.yml credentials.yaml credentials.toml credentials.xml "
    "credentials.ini credentials.csv secrets secrets.json secrets.yaml secrets.yml secrets.toml "
    "secrets.ini secrets.env secrets.properties secret.json secret.yaml secret.yml secret.toml "
    "service-account.json service_account.json client_secret.json client_secrets.json "
    "application_default_credentials.json";

constexpr std::string_view kExtensions =
    ".pem .key .p8 .p12 .pfx .jks .keystore .ppk .kdbx .tfvars .tfvars.json .tfstate .env .ovpn "
    ".keytab .gpg .age";

/// Private keys of SSH; "id_rsa_work" too, but no "id_rsa.pub" and no "id_rsa_test.py".
constexpr std::string_view kKeyNames = "id_rsa id_dsa id_ecdsa id_ed25519";

constexpr std::string_view kBackups = "~ .bak .orig .old .swp .save";

/// A part of a name that says: to be filled in.
constexpr std::string_view kExamples = "example examples sample template tmpl dist defaults";

bool is_example(std::string_view name) {
  bool found = false;
  while (!name.empty() && !found) {
    const size_t end = std::min(name.find_first_of(".-_"), name.size());
    found = has_word(kExamples, name.substr(0, end));
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return found;
}

bool is_in_secret_folder(std::string_view path) {
  for (size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    if (has_word(kFolders, path.substr(0, slash))) return true;
    path.remove_prefix(slash + 1);
  }
  return false;
}

}  // namespace

bool is_secret_file(std::string_view path) {
  const std::string lower = to_ascii_lower(path);
  if (is_in_secret_folder(lower)) return true;
  std::string_view name = lower;
  name.remove_prefix(name.rfind('/') + 1);
  any_word(kBackups, [&](std::string_view ending) {
    if (!name.ends_with(ending)) return false;
    name.remove_suffix(ending.size());
    return true;
  });
  if (is_example(name)) return false;
  if (has_word(kNames, name) || name.starts_with(".env.")) return true;
  const bool is_key = any_word(kKeyNames, [&](std::string_view key) {
    return name.starts_with(key) && name.find('.') == std::string_view::npos;
  });
  return is_key ||
         any_word(kExtensions, [&](std::string_view ending) { return name.ends_with(ending); });
}

}  // namespace fimd
