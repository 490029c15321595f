// The documents of a CompletionService: which are open, which may be shown, which are neighbours.
#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "lsp/completion_service.h"
#include "lsp/uri.h"

namespace fimd::lsp {
namespace {

/// Files that were edited and closed: what somebody worked on a moment ago.
constexpr size_t kMaxClosed = 8;
constexpr size_t kMaxClosedBytes = size_t{1} << 20;

/// Files whose rules one request looks at: some 30 us each.
constexpr int kMaxLookedAt = 50;

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

/// As docs/protocol.md has it.
const char* name_of(HiddenBecause reason) {
  switch (reason) {
    case HiddenBecause::kNothing: break;
    case HiddenBecause::kSecretName: return "excluded_name";
    case HiddenBecause::kIgnored: return "ignored";
    case HiddenBecause::kBinary: return "binary";
  }
  return "";
}

/// With the slash at its end.
std::string folder_of(std::string_view path) {
  return std::string(path.substr(0, path.size() - file_name(path).size()));
}

/// The URI of the notebook that a cell is a part of; empty: it is no part of anything.
std::string notebook_of(const std::string& uri) {
  const size_t fragment = uri.find('#');
  return fragment == std::string::npos ? "" : uri.substr(0, fragment);
}

/// Where symbolic links lead, without a slash at the end; empty: no file.
std::string real_path(const std::string& uri) {
  const std::optional<std::string> path = path_of_uri(uri);
  if (!path) return {};
  std::error_code error;
  std::string real = std::filesystem::weakly_canonical(*path, error).native();
  if (error) real = *path;
  while (real.ends_with('/')) real.pop_back();
  return real;
}

}  // namespace

void CompletionService::change_workspace(const WorkspaceChange& change) {
  for (const std::string& uri : change.removed) std::erase(roots_, real_path(uri));
  for (const std::string& uri : change.added) {
    std::string path = real_path(uri);
    if (!path.empty()) roots_.push_back(std::move(path));
  }
}

std::string CompletionService::shown_path(const std::string& uri) const {
  const std::string path = real_path(uri);
  size_t below = 0;
  for (const std::string& root : roots_) {
    const bool inside = path.starts_with(root) && path.substr(root.size(), 1) == "/";
    if (inside) below = std::max(below, root.size() + 1);
  }
  return below > 0 ? path.substr(below) : std::string(file_name(judged_path_of_uri(uri)));
}

HiddenBecause CompletionService::why_hidden(OpenFile& file) {
  if (!file.hidden) file.hidden = look_at(file);
  return *file.hidden;
}

HiddenBecause CompletionService::look_at(const OpenFile& file) {
  const HiddenBecause reason = hidden_files_.look_at(file.full_path);
  if (reason != HiddenBecause::kNothing) return reason;
  const bool binary = file.document.text().text().find('\0') != std::string::npos;
  return binary ? HiddenBecause::kBinary : HiddenBecause::kNothing;
}

void CompletionService::tell_why_hidden(OpenFile& file) {
  if (std::exchange(file.told_why, true)) return;
  editor_.show(LogLevel::kInfo,
               "fimd suggests nothing in " + file.document.path() + ": " +
                   std::string(to_string(why_hidden(file))));
}

void CompletionService::open(OpenedDocument document) {
  auto created = Document::create(
      {.uri = document.uri, .path = shown_path(document.uri), .language_id = document.language_id},
      std::move(document.text),
      encoding_);
  if (!created) {
    return editor_.log(LogLevel::kWarning,
                       document.uri + " gets no suggestions: " + created.error().message);
  }
  OpenFile file = {.document = *std::move(created),
                   .language_id = std::move(document.language_id),
                   .full_path = judged_path_of_uri(document.uri),
                   .notebook = notebook_of(document.uri),
                   .recency = ++clock_};
  if (const HiddenBecause reason = why_hidden(file); reason != HiddenBecause::kNothing) {
    editor_.log(LogLevel::kInfo,
                document.uri + " gets no suggestions: " + std::string(to_string(reason)));
  }
  closed_.erase(document.uri);
  files_.insert_or_assign(document.uri, std::move(file));
}

const std::string* CompletionService::text(const std::string& uri) const {
  const auto file = files_.find(uri);
  return file == files_.end() ? nullptr : &file->second.document.text().text();
}

void CompletionService::change(const std::string& uri,
                               int64_t /*version*/,
                               const std::vector<DocumentEdit>& edits) {
  const auto found = files_.find(uri);
  if (found == files_.end()) return;
  OpenFile& file = found->second;
  file.recency = ++clock_;
  std::vector<TextEdit> text_edits;
  text_edits.reserve(edits.size());
  for (const DocumentEdit& edit : edits) text_edits.push_back({edit.range, edit.text});
  const Status status = file.document.apply(text_edits);
  if (status) return;
  editor_.log(LogLevel::kWarning, uri + " gets no suggestions: " + status.error().message);
  files_.erase(found);  // its text is no longer the editor's
}

// The file is looked at again at once; those below a file of rules when they are next to be shown
// to a model.
void CompletionService::save(const std::string& uri) {
  const auto saved = files_.find(uri);
  if (saved != files_.end()) saved->second.hidden = look_at(saved->second);
  const bool hidden = saved != files_.end() && *saved->second.hidden != HiddenBecause::kNothing;
  const std::string path = judged_path_of_uri(uri);
  const bool rules = is_ignore_file(file_name(path));
  if (hidden || rules) shown_neighbours_ = {};
  if (!rules) return;
  // As it is spelled, and where it lies: a document may be open by either.
  const std::string folder = folder_of(path);
  const std::string real_folder = folder_of(real_path(uri));
  const auto may_lie_below = [&](const std::string& document) {
    return judged_path_of_uri(document).starts_with(folder) ||
           real_path(document).starts_with(real_folder);
  };
  const std::shared_ptr<Completer> now = completer();
  for (auto& [other, file] : files_) {
    if (may_lie_below(other)) file.hidden.reset();
    now->forget(other);  // its prompt may quote what is ignored from here on
  }
  std::erase_if(closed_, [&](const auto& closed) { return may_lie_below(closed.first); });
}

void CompletionService::close(const std::string& uri) {
  const auto found = files_.find(uri);
  if (found != files_.end()) {
    remember_closed(uri, found->second);
    files_.erase(found);
  }
  completer()->forget(uri);
}

void CompletionService::focus(const std::string& uri) {
  const auto found = files_.find(uri);
  if (found != files_.end()) found->second.recency = ++clock_;
  front_ = uri;
  show_silence();
}

void CompletionService::show_silence() {
  status_.set_silence(silence_of(front_));
}

std::optional<Silence> CompletionService::silence_of(const std::string& uri) {
  const auto found = files_.find(uri);
  if (found == files_.end()) return std::nullopt;
  OpenFile& file = found->second;
  const HiddenBecause hidden = why_hidden(file);
  if (hidden != HiddenBecause::kNothing) {
    return Silence{uri, name_of(hidden), std::string(to_string(hidden))};
  }
  const std::string& language = file.language_id;
  {
    const std::lock_guard lock(settings_mutex_);
    if (!settings_.enabled(language)) {
      if (!settings_.enable.contains(language) && is_prose(language)) {
        return Silence{uri, "prose", "it is prose: suggestions come when asked for"};
      }
      return Silence{uri, "disabled", "suggestions are off for " + language};
    }
  }
  const std::lock_guard lock(engine_mutex_);
  if (languages_.empty() || is_named(file.document.language(), languages_)) return std::nullopt;
  return Silence{uri,
                 "unknown_language",
                 "the model does not know " + language + ": suggestions come when asked for"};
}

void CompletionService::remember_closed(const std::string& uri, OpenFile& file) {
  const bool worth = why_hidden(file) == HiddenBecause::kNothing &&
                     !file.document.edited().empty() &&
                     file.document.text().text().size() <= kMaxClosedBytes;
  if (!worth) return;
  closed_.insert_or_assign(uri, to_neighbour(file));
  if (closed_.size() <= kMaxClosed) return;
  closed_.erase(std::min_element(closed_.begin(), closed_.end(), [](const auto& a, const auto& b) {
    return a.second.recency < b.second.recency;
  }));
}

Neighbours CompletionService::neighbours_of(const std::string& uri) {
  std::vector<OpenFile*> others;
  for (auto& [other, file] : files_) {
    const bool may_be_shown =
        file.hidden.value_or(HiddenBecause::kNothing) == HiddenBecause::kNothing;
    if (other != uri && may_be_shown) others.push_back(&file);
  }
  std::sort(others.begin(), others.end(), [](const OpenFile* a, const OpenFile* b) {
    return a->recency > b->recency;
  });
  int num_looked_at = 0;
  std::erase_if(others, [&](OpenFile* file) {
    return (!file->hidden && ++num_looked_at > kMaxLookedAt) ||
           why_hidden(*file) != HiddenBecause::kNothing;
  });
  if (others.size() > kMaxNeighbours) others.resize(kMaxNeighbours);
  std::vector<Neighbour> neighbours;
  neighbours.reserve(others.size() + closed_.size());
  const std::string notebook = notebook_of(uri);
  for (OpenFile* file : others) {
    neighbours.push_back(to_neighbour(*file));
    neighbours.back().is_cell = !notebook.empty() && file->notebook == notebook;
  }
  for (const auto& [closed, neighbour] : closed_) neighbours.push_back(neighbour);
  return std::make_shared<const std::vector<Neighbour>>(std::move(neighbours));
}

Neighbour CompletionService::to_neighbour(OpenFile& file) {
  return {.path = file.document.path(),
          .language = &file.document.language(),
          .text = file.document.frozen_text(),
          .recency = file.recency,
          .edited = file.document.edited()};
}

}  // namespace fimd::lsp
