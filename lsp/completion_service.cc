#include "lsp/completion_service.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "completion/context/secrets.h"
#include "completion/syntax/text_lines.h"
#include "lsp/uri.h"

namespace fimd::lsp {
namespace {

/// What the reader may spend on a tree before it goes on without one.
constexpr std::chrono::milliseconds kParseTime{10};
/// Files that were edited and closed: what somebody worked on a moment ago.
constexpr size_t kMaxClosed = 8;
constexpr size_t kMaxClosedBytes = size_t{1} << 20;

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

/// Longer words are data; a popup has no use for them.
constexpr size_t kMaxWordBytes = 256;
/// Files whose rules one request looks at: some 30 us each.
constexpr int kMaxLookedAt = 50;

/// Empty before a longer one.
std::string word_before(std::string_view text, size_t cursor) {
  const size_t limit = cursor - std::min(cursor, kMaxWordBytes);
  size_t begin = cursor;
  while (begin > limit && is_word_character(text[begin - 1])) --begin;
  const bool is_whole = begin == 0 || !is_word_character(text[begin - 1]);
  return is_whole ? std::string(text.substr(begin, cursor - begin)) : "";
}

ParseBudget parse_budget() {
  return {.deadline = std::chrono::steady_clock::now() + kParseTime};
}

}  // namespace

CompletionService::CompletionService(Editor& editor, GeneratorSource generators)
    : editor_(editor),
      generators_(std::move(generators)),
      completer_(std::make_shared<Completer>(CompleterOptions())) {}

CompletionService::~CompletionService() = default;

void CompletionService::start(const SessionInfo& session) {
  encoding_ = session.position_encoding;
  for (const std::string& uri : session.workspace_uris) {
    auto path = path_of_uri(uri);
    if (!path) continue;
    while (path->ends_with('/')) path->pop_back();
    roots_.push_back({.path = *path, .rules = std::make_unique<IgnoreRules>(*path)});
  }
  configure(session.settings);
}

void CompletionService::configure(const Settings& settings) {
  const auto complain = [this](const std::string& line) { editor_.tell(LogLevel::kWarning, line); };
  CompletionSettings read = CompletionSettings::from(settings, complain);
  auto completer = std::make_shared<Completer>(read.completer);
  const std::lock_guard lock(settings_mutex_);
  completer_.swap(completer);  // the old one goes without the lock
  std::swap(settings_, read);
  shown_neighbours_ = {};
}

const CompletionService::Root* CompletionService::root_of(const std::string& path) const {
  const Root* best = nullptr;
  for (const Root& root : roots_) {
    const bool inside = path.starts_with(root.path) && path.size() > root.path.size() &&
                        path[root.path.size()] == '/';
    if (inside && (best == nullptr || root.path.size() > best->path.size())) best = &root;
  }
  return best;
}

bool CompletionService::is_excluded(OpenFile& file) const {
  if (!file.excluded) file.excluded = look_at(file);
  return *file.excluded;
}

bool CompletionService::look_at(const OpenFile& file) const {
  const std::string& text = file.document.text().text();
  if (is_secret_file(file.document.path()) || text.find('\0') != std::string::npos) return true;
  const Root* root = root_of(file.full_path);
  return root != nullptr && root->rules->is_ignored(file.document.path());
}

void CompletionService::open(OpenedDocument document) {
  const std::string full_path = path_of_uri(document.uri).value_or("");
  const Root* root = root_of(full_path);
  const std::string_view any_path = full_path.empty() ? std::string_view(document.uri) : full_path;
  const std::string path =
      root == nullptr ? std::string(file_name(any_path)) : full_path.substr(root->path.size() + 1);
  auto created =
      Document::create({.uri = document.uri, .path = path, .language_id = document.language_id},
                       std::move(document.text),
                       encoding_);
  if (!created) {
    return editor_.log(LogLevel::kWarning,
                       document.uri + " gets no suggestions: " + created.error().message);
  }
  OpenFile file = {.document = *std::move(created),
                   .language_id = std::move(document.language_id),
                   .full_path = full_path,
                   .recency = ++clock_};
  if (is_excluded(file)) {
    editor_.log(LogLevel::kInfo,
                document.uri + " gets no suggestions: it is ignored, secret or binary");
  }
  closed_.erase(document.uri);
  files_.insert_or_assign(document.uri, std::move(file));
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
  if (saved != files_.end()) saved->second.excluded = look_at(saved->second);
  const bool excluded = saved != files_.end() && *saved->second.excluded;
  const std::string path = path_of_uri(uri).value_or("");
  const bool rules = is_ignore_file(file_name(path));
  if (excluded || rules) shown_neighbours_ = {};
  if (!rules) return;
  const std::string_view folder =
      std::string_view(path).substr(0, path.size() - file_name(path).size());
  const std::shared_ptr<Completer> now = completer();
  for (auto& [other, file] : files_) {
    if (file.full_path.starts_with(folder)) file.excluded.reset();
    now->forget(other);  // its prompt may quote what is ignored from here on
  }
  std::erase_if(closed_, [&](const auto& closed) {
    return path_of_uri(closed.first).value_or("").starts_with(folder);
  });
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
}

void CompletionService::remember_closed(const std::string& uri, OpenFile& file) {
  const bool worth = !is_excluded(file) && !file.document.edited().empty() &&
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
    if (other != uri && !file.excluded.value_or(false)) others.push_back(&file);
  }
  std::sort(others.begin(), others.end(), [](const OpenFile* a, const OpenFile* b) {
    return a->recency > b->recency;
  });
  int num_looked_at = 0;
  std::erase_if(others, [&](OpenFile* file) {
    return (!file->excluded && ++num_looked_at > kMaxLookedAt) || is_excluded(*file);
  });
  if (others.size() > kMaxNeighbours) others.resize(kMaxNeighbours);
  std::vector<Neighbour> neighbours;
  neighbours.reserve(others.size() + closed_.size());
  for (OpenFile* file : others) neighbours.push_back(to_neighbour(*file));
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

CompletionService::Prepared CompletionService::prepare(OpenFile& file,
                                                       const SuggestionRequest& request) {
  const EditedText& text = file.document.text();
  Prepared prepared = {.position = request.position, .selected = request.selected};
  CompletionRequest& completion = prepared.request;
  completion.trigger = request.invoked ? TriggerKind::kManual : TriggerKind::kAutomatic;
  if (request.tab_columns) completion.indentation.columns = *request.tab_columns;
  if (request.insert_spaces) completion.indentation.tabs = !*request.insert_spaces;

  completion.document = file.document.unparsed_snapshot();
  completion.cursor = text.offset_of(request.position);
  prepared.word_before_cursor = word_before(text.text(), completion.cursor.value);
  if (request.selected) {
    // As if the user had taken the popup's entry.
    const ByteRange replaced = text.bytes_of(request.selected->range);
    const std::string& entry = request.selected->text;
    DocumentSnapshot& document = completion.document;
    std::string taken = *document.text;
    taken.replace(replaced.begin.value, replaced.end.value - replaced.begin.value, entry);
    document.text = std::make_shared<const std::string>(std::move(taken));
    completion.cursor = {replaced.begin.value + entry.size()};
  }
  completion.hole_end = completion.cursor;
  return prepared;
}

void CompletionService::parse(OpenFile& file, Prepared& prepared) {
  ++num_parses_;
  DocumentSnapshot& document = prepared.request.document;
  if (prepared.selected) {
    document.tree = parse_once(*document.language, *document.text, parse_budget());
  } else {
    document = file.document.snapshot(parse_budget());
  }
}

std::variant<Suggestions, SuggestionWork> CompletionService::suggest(
    const SuggestionRequest& request) {
  const auto found = files_.find(request.uri);
  if (found == files_.end() || is_excluded(found->second)) return Suggestions{};
  OpenFile& file = found->second;
  file.recency = ++clock_;
  CompletionSettings settings;
  std::shared_ptr<Completer> completer;
  {
    const std::lock_guard lock(settings_mutex_);
    settings = settings_;
    completer = completer_;
  }
  const bool unwanted = !settings.automatic || !settings.enabled(file.language_id);
  if (unwanted && !request.invoked) return Suggestions{};

  Prepared prepared = prepare(file, request);
  const CompletionRequest& completion = prepared.request;
  if (auto rest =
          completer->typed_along(request.uri, *completion.document.text, completion.cursor)) {
    if (shown_neighbours_.uri == request.uri) {
      prepared.request.neighbours = shown_neighbours_.list;
    }
    // Without a tree for now: the next key may come along too.
    prepared.unparsed = std::make_shared<SyntaxTree>(file.document.tree_so_far());
    return to_suggestions(prepared, *rest);
  }
  parse(file, prepared);
  const TriggerDecision decision = completer->decide(completion);
  if (!decision.wanted) {
    editor_.log(LogLevel::kDebug, std::string("no suggestion: ") + to_string(decision.reason));
    return Suggestions{};
  }
  prepared.request.neighbours = settings.neighbours
                                    ? neighbours_of(request.uri)
                                    : std::make_shared<const std::vector<Neighbour>>();
  shown_neighbours_ = {.uri = request.uri, .list = prepared.request.neighbours};
  return [this, prepared = std::move(prepared)](const std::stop_token& stop) {
    return work(prepared, stop);
  };
}

Result<std::shared_ptr<TextGenerator>> CompletionService::generator(const std::stop_token& stop) {
  EngineChoice choice;
  {
    const std::lock_guard lock(settings_mutex_);
    choice = settings_.engine;
  }
  auto opened = generators_(choice, stop);
  if (!opened && opened.error().code == ErrorCode::kCancelled) return opened;
  const std::string problem = opened ? "" : opened.error().message;
  std::string shown = problem;
  {
    const std::lock_guard lock(problem_mutex_);
    shown_problem_.swap(shown);
  }
  if (problem != shown && !problem.empty()) {
    editor_.set_status({.kind = EditorStatus::Kind::kError, .message = problem});
    editor_.show(LogLevel::kError, "fimd cannot complete: " + problem);
  }
  return opened;
}

std::shared_ptr<Completer> CompletionService::completer() const {
  const std::lock_guard lock(settings_mutex_);
  return completer_;
}

Result<Suggestions> CompletionService::work(const Prepared& prepared, const std::stop_token& stop) {
  FIMD_TRY(const std::shared_ptr<TextGenerator> engine, generator(stop));
  editor_.set_status({.busy = true});
  const auto outcome = completer()->complete(prepared.request, *engine, stop);
  editor_.set_status({});
  if (!outcome) return tl::unexpected(outcome.error());
  const CompletionCost& cost = outcome->cost;
  editor_.log(LogLevel::kDebug,
              "prompt " + std::to_string(cost.prompt_tokens) + " tokens, computed " +
                  std::to_string(cost.computed_tokens) + ", decoded " +
                  std::to_string(cost.completion_tokens));
  if (!outcome->completion) {
    return Suggestions{.word_before_cursor = prepared.word_before_cursor,
                       .idle_work = idle_work(prepared, {})};
  }
  return to_suggestions(prepared, *outcome->completion);
}

Suggestions CompletionService::to_suggestions(const Prepared& prepared,
                                              const Completion& completion) {
  const std::string& text = *prepared.request.document.text;
  const size_t cursor = prepared.request.cursor.value;
  const std::string_view replaced =
      std::string_view(text).substr(cursor, completion.end.value - cursor);
  Suggestions suggestions = {.word_before_cursor = prepared.word_before_cursor,
                             .idle_work = idle_work(prepared, completion)};
  Suggestion suggestion = {.id = "s" + std::to_string(++last_id_),
                           .range = {prepared.position, prepared.position},
                           .text = completion.text};
  if (prepared.selected) {
    // The range is the popup's, so what stands to the right of it must stay.
    if (!suggestion.text.ends_with(replaced)) return suggestions;
    suggestion.text.resize(suggestion.text.size() - replaced.size());
    suggestion.range = prepared.selected->range;
    suggestion.text.insert(0, prepared.selected->text);
  } else {
    suggestion.range.end.character += count_units(replaced, encoding_);
  }
  suggestions.items.push_back(std::move(suggestion));
  return suggestions;
}

IdleWork CompletionService::idle_work(const Prepared& prepared,
                                      std::optional<Completion> completion) {
  if (prepared.selected) return nullptr;
  return [this,
          request = prepared.request,
          unparsed = prepared.unparsed,
          completion = std::move(completion)](const std::stop_token& stop) mutable {
    if (unparsed != nullptr && unparsed->parse(*request.document.text, {.stop = stop})) {
      request.document.tree = unparsed->snapshot();
    }
    const std::shared_ptr<Completer> now = completer();
    const auto engine = generator(stop);
    if (!engine || stop.stop_requested()) return;
    // Without them a window that is built anew would lose what it shows of them.
    Status status;
    if (request.neighbours != nullptr) status = now->refresh(request, **engine, stop);
    if (status && completion) status = now->speculate(request, *completion, **engine, stop);
    if (!status && status.error().code != ErrorCode::kCancelled) {
      editor_.log(LogLevel::kDebug, "in idle time: " + status.error().message);
    }
  };
}

void CompletionService::shown(const std::string& suggestion_id) {
  editor_.log(LogLevel::kDebug, suggestion_id + " shown");
}

void CompletionService::accepted(const std::string& suggestion_id) {
  editor_.log(LogLevel::kDebug, suggestion_id + " accepted");
}

void CompletionService::partially_accepted(const std::string& suggestion_id,
                                           const std::string& text) {
  editor_.log(LogLevel::kDebug,
              suggestion_id + " accepted up to " + std::to_string(text.size()) + " bytes");
}

void CompletionService::shut_down() {}

}  // namespace fimd::lsp
