#include "lsp/completion_service.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <utility>

#include "completion/syntax/text_lines.h"

namespace fimd::lsp {
namespace {

/// What the reader may spend on a tree before it goes on without one.
constexpr std::chrono::milliseconds kParseTime{10};
/// Longer words are data; a popup has no use for them.
constexpr size_t kMaxWordBytes = 256;

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
      status_(editor),
      generators_(std::move(generators)),
      completer_(std::make_shared<Completer>(CompleterOptions())) {}

CompletionService::~CompletionService() = default;

void CompletionService::start(const SessionInfo& session) {
  encoding_ = session.position_encoding;
  status_.set_client(session.client_name);
  change_workspace({.added = session.workspace_uris, .removed = {}});
  configure(session.settings);
}

void CompletionService::configure(const Settings& settings) {
  const auto complain = [this](const std::string& line) { editor_.tell(LogLevel::kWarning, line); };
  CompletionSettings read = CompletionSettings::from(settings, complain);
  auto completer = std::make_shared<Completer>(read.completer);
  {
    const std::lock_guard lock(settings_mutex_);
    completer_.swap(completer);  // the old one goes without the lock
    std::swap(settings_, read);
  }
  shown_neighbours_ = {};
  show_silence();
}

PreparationWork CompletionService::prepare() {
  return [this](const std::stop_token& stop) {
    if (const auto engine = generator(stop)) keep_pace(**engine, stop);
  };
}

void CompletionService::keep_pace(TextGenerator& engine, const std::stop_token& stop) {
  std::optional<Pace> pace;
  {
    const std::lock_guard lock(engine_mutex_);
    pace = pace_;
  }
  if (!pace) {
    status_.working(true);
    const Result<Pace> measured = measure_pace(engine, stop);
    status_.working(false);
    if (!measured) return;
    pace = *measured;
    const std::lock_guard lock(engine_mutex_);
    pace_ = pace;
  }
  editor_.log(LogLevel::kInfo,
              "the model reads " + std::to_string(std::lround(pace->read_tokens_per_s)) +
                  " and writes " + std::to_string(std::lround(pace->write_tokens_per_s)) +
                  " tokens a second");
  std::shared_ptr<Completer> replaced;  // goes without the lock
  const std::lock_guard lock(settings_mutex_);
  settings_.completer.pace = pace;
  replaced = std::exchange(completer_, std::make_shared<Completer>(settings_.completer));
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
  if (found == files_.end()) return Suggestions{};
  OpenFile& file = found->second;
  front_ = request.uri;
  show_silence();
  if (why_hidden(file) != HiddenBecause::kNothing) {
    if (request.invoked) tell_why_hidden(file);
    return Suggestions{};
  }
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
  if (auto rest = completer->typed_along(completion)) {
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
  auto opened = open_generator(choice, stop);
  if (!opened && opened.error().code != ErrorCode::kCancelled) {
    show_problem(opened.error().message);
  }
  return opened;
}

Result<std::shared_ptr<TextGenerator>> CompletionService::open_generator(
    const EngineChoice& choice, const std::stop_token& stop) {
  const auto is_opened = [&] {
    const std::lock_guard lock(engine_mutex_);
    return opened_ == choice;
  };
  if (is_opened()) return generators_(choice, nullptr, stop);
  const std::string name =
      choice.model.empty() ? "the model" : std::filesystem::path(choice.model).filename().string();
  status_.loading(name, {});
  std::unique_ptr<ProgressDisplay> display;
  const auto progress = [&](uint32_t percent) {
    if (!display) display = editor_.begin_progress("fimd: loading " + name, /*cancellable=*/false);
    display->report("", percent);
    status_.loading(name, percent);
  };
  FIMD_TRY(std::shared_ptr<TextGenerator> engine, generators_(choice, progress, stop));
  FIMD_TRY(GeneratorInfo info, engine->info(stop));
  status_.ready(info.model);
  const std::lock_guard lock(engine_mutex_);
  opened_ = choice;
  pace_.reset();
  languages_ = std::move(info.languages);
  shown_problem_.clear();
  return engine;
}

void CompletionService::show_problem(const std::string& problem) {
  status_.failed(problem);
  {
    const std::lock_guard lock(engine_mutex_);
    opened_.reset();
    if (std::exchange(shown_problem_, problem) == problem) return;
  }
  editor_.show(LogLevel::kError, "fimd cannot complete: " + status_.advice(problem));
}

std::shared_ptr<Completer> CompletionService::completer() const {
  const std::lock_guard lock(settings_mutex_);
  return completer_;
}

Result<Suggestions> CompletionService::work(const Prepared& prepared, const std::stop_token& stop) {
  FIMD_TRY(const std::shared_ptr<TextGenerator> engine, generator(stop));
  status_.working(true);
  const auto outcome = completer()->complete(prepared.request, *engine, stop);
  status_.working(false);
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
