#include <algorithm>
#include <string>

#include "completion/context/secrets.h"
#include "completion/syntax/text_lines.h"
#include "kernels/base/ascii.h"

namespace fimd {
namespace {

constexpr std::string_view kFolders =
    ".ssh .gnupg .aws .azure .kube .password-store .config/gcloud .local/share/keyrings";

/// The end of a path, where neither its folder nor its name alone says enough.
constexpr std::string_view kPathEnds =
    ".docker/config.json .config/gh/hosts.yml .config/glab-cli/config.yml .config/hub "
    ".config/rclone/rclone.conf .config/containers/auth.json .config/composer/auth.json "
    ".config/op/config .composer/auth.json .m2/settings.xml .m2/settings-security.xml "
    ".gradle/gradle.properties .git/config";

constexpr std::string_view kNames =
    ".env .envrc .netrc _netrc .npmrc .pypirc .htpasswd .pgpass .my.cnf .mylogin.cnf "
    ".s3cfg .dockercfg .dockerconfigjson .git-credentials .vault-token .vault_pass "
    ".vault_password .vault-pass .vault-password vault_pass vault_password vault_pass.txt "
    "vault_password.txt .boto .rclone.conf kubeconfig keystore.properties signing.properties "
    "key.properties credentials.tfrc.json .terraformrc credentials "
    "credentials.json credentials.yml credentials.yaml credentials.toml credentials.xml "
    "credentials.ini credentials.csv secrets secrets.json secrets.yaml secrets.yml secrets.toml "
    "secrets.ini secrets.env secrets.properties secret.json secret.yaml secret.yml secret.toml "
    "client_secret.json client_secrets.json application_default_credentials.json "
    "accesstokens.json";

/// Keys of accounts that are no person's: "my-service-account-3.json", "serviceAccountKey.json".
constexpr std::string_view kAccountNames = "service-account service_account serviceaccount";

constexpr std::string_view kExtensions =
    ".pem .key .p8 .p12 .pfx .jks .keystore .ppk .kdbx .tfvars .tfvars.json .tfstate .env .ovpn "
    ".keytab .gpg .age .pkcs12 .bcfks";

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

/// Whether `part`, a path of whole names, stands in `path` where names begin and end.
bool has_names(std::string_view path, std::string_view part) {
  for (size_t at = path.find(part); at != std::string_view::npos; at = path.find(part, at + 1)) {
    if (at > 0 && path[at - 1] != '/') continue;
    const size_t end = at + part.size();
    if (end == path.size() || path[end] == '/') return true;
  }
  return false;
}

bool is_in_secret_place(std::string_view path) {
  const std::string_view folder = path.substr(0, path.rfind('/') + 1);
  return any_word(kFolders, [&](std::string_view secret) { return has_names(folder, secret); }) ||
         any_word(kPathEnds, [&](std::string_view end) {
           const size_t begin = path.size() - std::min(path.size(), end.size());
           return path.ends_with(end) && (begin == 0 || path[begin - 1] == '/');
         });
}

}  // namespace

bool is_secret_file(std::string_view path) {
  const std::string lower = to_ascii_lower(path);
  if (is_in_secret_place(lower)) return true;
  std::string_view name = lower;
  name.remove_prefix(name.rfind('/') + 1);
  any_word(kBackups, [&](std::string_view ending) {
    if (!name.ends_with(ending)) return false;
    name.remove_suffix(ending.size());
    return true;
  });
  if (is_example(name)) return false;
  if (has_word(kNames, name)) return true;
  const bool is_environment =
      any_word(".env. .env- .env_ .envrc.",
               [&](std::string_view beginning) { return name.starts_with(beginning); });
  if (is_environment) return true;
  const bool is_account = name.ends_with(".json") && any_word(kAccountNames, [&](auto account) {
                            return name.find(account) != std::string_view::npos;
                          });
  if (is_account) return true;
  const bool is_key = any_word(kKeyNames, [&](std::string_view key) {
    return name.starts_with(key) && name.find('.') == std::string_view::npos;
  });
  return is_key ||
         any_word(kExtensions, [&](std::string_view ending) { return name.ends_with(ending); });
}

}  // namespace fimd
