#include <algorithm>
#include <string>

#include "completion/context/secrets.h"
#include "completion/syntax/text_lines.h"
#include "kernels/base/ascii.h"

namespace fimd {
namespace {

/// Whole folders of secrets, anywhere in a path.
constexpr std::string_view kFolders =
    ".ssh/ .gnupg/ .aws/ .azure/ .kube/ .oci/ .sops/ .password-store/ .config/gcloud/ .config/gh/ "
    ".config/glab-cli/ .config/op/ .config/rclone/ .config/doctl/ .subversion/auth/ "
    ".local/share/keyrings/";

/// Files that only their folder gives away.
constexpr std::string_view kFilesInFolders =
    ".docker/config.json .m2/settings.xml .m2/settings-security.xml .gradle/gradle.properties "
    ".composer/auth.json .config/composer/auth.json .config/containers/auth.json .config/hub "
    ".config/pip/pip.conf .pip/pip.conf .bundle/config .git/config etc/shadow etc/gshadow";

/// Those that programs keep under one name; without '_' and '-', as all names here are compared.
constexpr std::string_view kNames =
    ".env .envrc .netrc netrc .npmrc .pypirc .htpasswd .htdigest .pgpass pgpass.conf .my.cnf "
    ".mylogin.cnf .s3cfg .dockercfg .dockerconfigjson .gitcredentials .gitcookies .vaulttoken "
    ".vaultpass .vaultpassword vaultpass vaultpassword vaultpass.txt vaultpassword.txt .boto "
    "kubeconfig .kubeconfig kubeconfig.yaml kubeconfig.yml .terraformrc terraform.rc .authinfo "
    ".msmtprc .fetchmailrc .mbsyncrc rclone.conf .rclone.conf keystore.properties key.properties "
    "signing.properties credentials.tfrc.json applicationdefaultcredentials.json "
    "accesstokens.json .bashhistory .zshhistory .psqlhistory .mysqlhistory .pythonhistory";

/// What a file of data calls itself, with or without words of kQualifiers around it.
constexpr std::string_view kKinds =
    "credential credentials secret secrets password passwords serviceaccount serviceaccountkey "
    "serviceaccountkeys serviceaccountcredentials clientsecret clientsecrets";
constexpr std::string_view kQualifiers =
    "prod production dev development stage staging test testing local ci qa live private";
constexpr std::string_view kDataExtensions =
    ".json .yaml .yml .toml .xml .ini .csv .env .properties .txt .conf .cfg .plist";

/// What is in the names of keys that a console hands out, beside an account's name.
constexpr std::string_view kIssuedKeys = "clientsecret firebaseadminsdk ghacreds serviceaccount";

constexpr std::string_view kExtensions =
    ".pem .key .p8 .p12 .pfx .pkcs12 .jks .jceks .bks .keystore .ppk .kdb .kdbx .psafe3 .tfvars "
    ".tfvars.json .tfstate .env .ovpn .keytab .gpg .age .kubeconfig .keychain .keychain-db";

/// Private keys of SSH; "id_rsa_work" too, but no "id_rsa.pub" and no "id_rsa_test.py".
constexpr std::string_view kKeyNames = "idrsa iddsa idecdsa ided25519";

constexpr std::string_view kBackups = "~ .bak .backup .orig .old .swp .save";

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

/// `path` from the beginning of each of its names on, until `test` says yes.
template <typename Test>
bool any_tail(std::string_view path, const Test& test) {
  bool found = false;
  for (size_t begin = 0; begin < path.size() && !found;) {
    const std::string_view tail = path.substr(begin);
    found = test(tail);
    begin += std::min(tail.find('/'), tail.size() - 1) + 1;
  }
  return found;
}

bool is_in_secret_place(std::string_view path) {
  return any_tail(path, [](std::string_view tail) {
    return has_word(kFilesInFolders, tail) ||
           any_word(kFolders, [&](std::string_view folder) { return tail.starts_with(folder); });
  });
}

std::string without_separators(std::string_view name) {
  std::string plain(name);
  std::erase_if(plain, [](char c) { return c == '_' || c == '-'; });
  return plain;
}

/// "prod-secrets.yml", "serviceAccountKey.json", "credentials": data of a secret kind.
bool is_secret_data(std::string_view name) {
  any_word(kDataExtensions, [&](std::string_view ending) {
    if (!name.ends_with(ending)) return false;
    name.remove_suffix(ending.size());
    return true;
  });
  std::string kind;
  while (!name.empty()) {
    const size_t end = std::min(name.find_first_of(".-_"), name.size());
    const std::string_view word = name.substr(0, end);
    if (!has_word(kQualifiers, word)) kind += word;
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return has_word(kKinds, kind);
}

/// ".env", and one for each place that it runs in: ".env.local", ".env-prod".
bool is_environment(std::string_view name) {
  return any_word(".env .envrc", [&](std::string_view base) {
    return name.starts_with(base) &&
           (name.size() == base.size() ||
            std::string_view(".-_").find(name[base.size()]) != std::string_view::npos);
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
  const std::string plain = without_separators(name);
  if (has_word(kNames, plain) || is_environment(name) || is_secret_data(name)) return true;
  const bool is_key = any_word(kKeyNames, [&](std::string_view key) {
    return plain.starts_with(key) && plain.find('.') == std::string_view::npos;
  });
  const bool is_issued = plain.ends_with(".json") && any_word(kIssuedKeys, [&](auto part) {
                           return plain.find(part) != std::string::npos;
                         });
  return is_key || is_issued ||
         any_word(kExtensions, [&](std::string_view ending) { return name.ends_with(ending); });
}

}  // namespace fimd
