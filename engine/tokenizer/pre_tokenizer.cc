#include "engine/tokenizer/pre_tokenizer.h"

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "engine/json/json_fields.h"
#include "engine/json/json_file.h"
#include "engine/tokenizer/ruby_pattern.h"
#include "engine/utf8.h"

namespace fimd {
namespace {

using nlohmann::json;

constexpr size_t kMaxSplits = 64;  // published lists have up to 8; a piece recurses this deep

// What a pattern looks at behind a match, at most; published ones look at a character.
constexpr size_t kLookaheadBytes = 64;

// Source: GPT-2's encoder.
constexpr std::string_view kGpt2Pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

constexpr std::array<std::pair<std::string_view, SplitBehavior>, 5> kBehaviors = {{
    {"Isolated", SplitBehavior::kIsolated},
    {"Removed", SplitBehavior::kRemoved},
    {"MergedWithPrevious", SplitBehavior::kMergedWithPrevious},
    {"MergedWithNext", SplitBehavior::kMergedWithNext},
    {"Contiguous", SplitBehavior::kContiguous},
}};

Result<SplitBehavior> read_behavior(const JsonObject& spec) {
  FIMD_TRY(const std::string name, spec.string("behavior"));
  for (const auto& [known, behavior] : kBehaviors) {
    if (name == known) return behavior;
  }
  return spec.wrong("behavior",
                    "Isolated, Removed, MergedWithPrevious, MergedWithNext or Contiguous",
                    ErrorCode::kUnsupported);
}

Result<Regex> read_pattern(const JsonObject& spec) {
  FIMD_TRY(const JsonObject pattern, spec.object("pattern"));
  if (pattern.has_key("String")) {
    FIMD_TRY(const std::string text, pattern.string("String"));
    return Regex::compile(escape_pattern(text), pattern.place());
  }
  FIMD_TRY(const std::string regex, pattern.string("Regex"));
  return Regex::compile(regex, pattern.place());
}

}  // namespace

/// One call of split().
struct PreTokenizer::Run {
  const PreTokenizer& pre_tokenizer;
  RegexScratch& scratch;
  const Sink& sink;
  const std::stop_token& stop;
  bool ended = false;  ///< by the sink or a stop
};

/// Turns the sequence of matches and the pieces between them into the pieces that a behavior asks
/// for, holding back the one that may still grow.
class PreTokenizer::Cutter {
 public:
  Cutter(Run& run, size_t index, std::string_view text)
      : run_(run), index_(index), text_(text), split_(run.pre_tokenizer.splits_[index]) {}

  void add(size_t begin, size_t end, bool is_match) {
    is_match = is_match != split_.invert;
    if (has_pending_ && joins(is_match)) {
      pending_.end = end;
    } else {
      flush();
      pending_ = {.begin = begin, .end = end};
      has_pending_ = !is_match || split_.behavior != SplitBehavior::kRemoved;
    }
    previous_is_match_ = is_match;
  }

  void flush() {
    const std::string_view piece = text_.substr(pending_.begin, pending_.end - pending_.begin);
    if (has_pending_ && !piece.empty() && !run_.ended) run_piece(run_, index_ + 1, piece);
    has_pending_ = false;
  }

 private:
  [[nodiscard]] bool joins(bool is_match) const {
    switch (split_.behavior) {
      case SplitBehavior::kIsolated:
      case SplitBehavior::kRemoved: return false;
      case SplitBehavior::kMergedWithPrevious: return is_match && !previous_is_match_;
      case SplitBehavior::kMergedWithNext: return !is_match && previous_is_match_;
      case SplitBehavior::kContiguous: return is_match == previous_is_match_;
    }
    return false;
  }

  Run& run_;
  size_t index_;
  std::string_view text_;
  const Split& split_;
  Regex::Match pending_{};  ///< the last piece, when has_pending_
  bool has_pending_ = false;
  bool previous_is_match_ = false;
};

Result<PreTokenizer> PreTokenizer::parse(const JsonObject& spec) {
  PreTokenizer result;
  FIMD_TRY_STATUS(result.add(spec));
  if (!result.has_byte_level_) {
    return fail(ErrorCode::kUnsupported,
                spec.place() + " has no ByteLevel, expected byte-level BPE");
  }
  return result;
}

Status PreTokenizer::add(const JsonObject& spec) {
  const std::string& where = spec.place();
  FIMD_TRY(const std::string type, spec.string("type"));
  if (has_byte_level_) {
    return fail(ErrorCode::kUnsupported, where + " is " + quote(type) + " behind ByteLevel");
  }
  if (splits_.size() >= kMaxSplits) {
    return fail(ErrorCode::kUnsupported,
                where + ": expected at most " + std::to_string(kMaxSplits) + " pre-tokenizers");
  }
  if (type == "Sequence") return add_sequence(spec);
  if (type == "Split") return add_split(spec);
  if (type == "Digits") return add_digits(spec);
  if (type == "ByteLevel") return add_byte_level(spec);
  return spec.wrong("type", "Sequence, Split, Digits or ByteLevel", ErrorCode::kUnsupported);
}

Status PreTokenizer::add_sequence(const JsonObject& spec) {
  FIMD_TRY(const json* members, spec.array("pretokenizers"));
  const std::string place = spec.place_of("pretokenizers");
  for (size_t index = 0; index < members->size(); ++index) {
    FIMD_TRY_STATUS(add(JsonObject((*members)[index], place + "[" + std::to_string(index) + "]")));
  }
  return {};
}

Status PreTokenizer::add_split(const JsonObject& spec) {
  FIMD_TRY(const SplitBehavior behavior, read_behavior(spec));
  FIMD_TRY(const bool invert, spec.boolean("invert", false));
  FIMD_TRY(Regex regex, read_pattern(spec));
  splits_.push_back({.regex = std::move(regex), .behavior = behavior, .invert = invert});
  return {};
}

Status PreTokenizer::add_digits(const JsonObject& spec) {
  FIMD_TRY(const bool individual, spec.boolean("individual_digits", false));
  FIMD_TRY(Regex regex, Regex::compile(R"(\p{N})", spec.place()));
  const auto behavior = individual ? SplitBehavior::kIsolated : SplitBehavior::kContiguous;
  splits_.push_back({.regex = std::move(regex), .behavior = behavior});
  return {};
}

Status PreTokenizer::add_byte_level(const JsonObject& spec) {
  FIMD_TRY(add_prefix_space_, spec.boolean("add_prefix_space", true));
  FIMD_TRY(const bool use_regex, spec.boolean("use_regex", true));
  has_byte_level_ = true;
  prefix_index_ = splits_.size();
  if (!use_regex) return {};
  FIMD_TRY(Regex regex, Regex::compile(kGpt2Pattern, spec.place()));
  splits_.push_back({.regex = std::move(regex)});
  return {};
}

bool PreTokenizer::split(std::string_view text,
                         RegexScratch& scratch,
                         const Sink& sink,
                         const std::stop_token& stop) const {
  Run run = {.pre_tokenizer = *this, .scratch = scratch, .sink = sink, .stop = stop};
  if (!text.empty()) run_piece(run, 0, text);
  return !run.ended;
}

void PreTokenizer::run_piece(Run& run, size_t index, std::string_view piece) {
  const PreTokenizer& self = run.pre_tokenizer;
  std::string spaced;
  if (index == self.prefix_index_ && self.add_prefix_space_ && piece.front() != ' ') {
    spaced = " " + std::string(piece);
    piece = spaced;
  }
  if (index < self.splits_.size()) {
    run_split(run, index, piece);
  } else {
    run.ended = !run.sink(piece);
  }
}

/// The first match at or behind `from`. It is searched in one window after the other: one search of
/// a text of 64 MB takes a second.
std::optional<Regex::Match> PreTokenizer::find(Run& run,
                                               const Regex& regex,
                                               std::string_view text,
                                               size_t from) {
  while (text.size() - from > kWindowBytes) {
    const size_t end = character_start(text, from + kWindowBytes);
    const size_t sure_end = character_start(text, end - kLookaheadBytes);
    const std::optional<Regex::Match> match = regex.find(text.substr(0, end), from, run.scratch);
    run.ended = run.ended || run.stop.stop_requested();
    if (run.ended) return std::nullopt;
    if (match && (match->end <= sure_end || match->begin == from)) return match;
    from = match ? match->begin : sure_end;
  }
  return regex.find(text, from, run.scratch);
}

void PreTokenizer::run_split(Run& run, size_t index, std::string_view piece) {
  const Split& split = run.pre_tokenizer.splits_[index];
  Cutter cutter(run, index, piece);
  size_t covered_end = 0;
  size_t search_from = 0;
  std::optional<size_t> last_match_end;
  while (search_from <= piece.size() && !run.ended) {
    const std::optional<Regex::Match> match = find(run, split.regex, piece, search_from);
    if (!match) break;
    if (match->begin == match->end && match->end == last_match_end) {
      // An empty match right behind a match counts for nothing.
      if (search_from == piece.size()) break;
      search_from += first_utf8_unit(piece.substr(search_from)).size_bytes;
      continue;
    }
    if (covered_end != match->begin) cutter.add(covered_end, match->begin, /*is_match=*/false);
    cutter.add(match->begin, match->end, /*is_match=*/true);
    covered_end = search_from = match->end;
    last_match_end = match->end;
  }
  if (run.ended) return;
  if (covered_end != piece.size()) cutter.add(covered_end, piece.size(), /*is_match=*/false);
  cutter.flush();
}

}  // namespace fimd
