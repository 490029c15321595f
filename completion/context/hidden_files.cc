#include "completion/context/hidden_files.h"

#include <system_error>
#include <tuple>
#include <utility>

#include "completion/context/secrets.h"

namespace fimd {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFimdignore = ".fimdignore";

}  // namespace

std::string_view to_string(HiddenBecause reason) {
  switch (reason) {
    case HiddenBecause::kNothing: break;
    case HiddenBecause::kSecretName: return "its name says that it holds secrets";
    case HiddenBecause::kIgnored: return "it is ignored by .gitignore or .fimdignore";
    case HiddenBecause::kBinary: return "it is binary";
  }
  return "";
}

HiddenBecause HiddenFiles::look_at(std::string_view path) {
  if (!path.starts_with('/')) {
    return is_secret_file(path) ? HiddenBecause::kSecretName : HiddenBecause::kNothing;
  }
  if (path.size() > kMaxIgnorePathBytes || path.find('\0') != std::string_view::npos) {
    return HiddenBecause::kIgnored;
  }
  fs::path plain = fs::path(path).lexically_normal();
  if (plain.native().starts_with("//")) plain = plain.native().substr(1);
  std::error_code error;
  const fs::path real = fs::weakly_canonical(plain, error);
  if (error) return HiddenBecause::kIgnored;
  if (is_secret_file(plain.native()) || is_secret_file(real.native())) {
    return HiddenBecause::kSecretName;
  }
  const bool ignored = is_ignored(plain) || (real != plain && is_ignored(real));
  return ignored ? HiddenBecause::kIgnored : HiddenBecause::kNothing;
}

bool HiddenFiles::is_ignored(const fs::path& path) {
  const std::string below_all = path.relative_path().native();
  const std::optional<GitRepository> repository = repository_around(path, user_);
  const std::lock_guard lock(mutex_);
  if (rules_.size() >= kMaxRememberedRepositories) rules_.clear();
  if (!repository) return rules_of("/", {}).is_ignored(below_all);
  const std::string below = path.lexically_relative(repository->root).native();
  return rules_of(repository->root, {.above = repository->exclude_files}).is_ignored(below) ||
         rules_of("/", {.names = {kFimdignore}}).is_ignored(below_all);
}

IgnoreRules& HiddenFiles::rules_of(const fs::path& root, const IgnoreSources& sources) {
  std::string key = root.native();
  for (const std::string& name : sources.names) key.append(1, '\0').append(name);
  for (const fs::path& file : sources.above) key.append(1, '\0').append(file.native());
  const auto [place, made] = rules_.try_emplace(std::move(key), root, sources);
  return place->second;
}

}  // namespace fimd
