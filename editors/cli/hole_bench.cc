#include "editors/cli/hole_bench.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "completion/syntax/text_lines.h"
#include "editors/cli/percentile.h"
#include "editors/cli/safe_file.h"
#include "engine/utf8.h"

namespace fimd {
namespace {

using Ids = std::vector<int32_t>;

constexpr size_t kMaxFileBytes = size_t{16} << 20;
constexpr size_t kHolesPerFile = 4;
constexpr size_t kMinLineBytes = 12;  ///< without its indentation; shorter ones are closers
constexpr int64_t kPrefixTokens = 512;
constexpr int64_t kSuffixTokens = 192;
constexpr int64_t kMaxMiddleTokens = 32;

/// Drifts to measure, in tokens: a word, a name, a line, some lines, a function.
constexpr int64_t kDrifts[] = {1, 4, 16, 64, 256};

/// How many of the moved rows are computed anew, fim_hole's first.
constexpr int64_t kAnew[] = {0, 1, 1 + kAnewTokens};

struct Hole {
  Ids prefix;         ///< the last kPrefixTokens before the cursor, at most
  Ids suffix;         ///< the first kSuffixTokens behind the line
  Ids middle;         ///< what belongs there
  int64_t typed = 0;  ///< the last tokens of the prefix, which are the line's
};

/// Where the second half of the line [begin, end) begins: at a word's beginning.
size_t cut_of(std::string_view text, size_t begin, size_t end) {
  size_t cut = begin + (end - begin) / 2;
  while (cut < end && (is_utf8_continuation(text[cut]) || is_word_character(text[cut - 1]))) ++cut;
  return cut;
}

void append(Ids& ids, std::span<const int32_t> more) {
  ids.insert(ids.end(), more.begin(), more.end());
}

/// The holes of one file, evenly spread.
void cut_holes(const Tokenizer& tokenizer, std::string_view text, std::vector<Hole>& holes) {
  std::vector<std::pair<size_t, size_t>> lines;  // without indentation and line end
  for (size_t begin = 0; begin < text.size(); begin = next_line_begin(text, begin)) {
    const std::string_view line = line_at(text, begin);
    const size_t blanks = std::min(line.find_first_not_of(" \t"), line.size());
    if (line.size() - blanks < kMinLineBytes) continue;
    const size_t end = begin + line.size();
    if (cut_of(text, begin + blanks, end) < end) lines.emplace_back(begin + blanks, end);
  }
  const auto encode = [&](std::string_view part) {
    return tokenizer.encode(part, SpecialTokens::kLiteral);
  };
  const size_t step = std::max<size_t>(1, lines.size() / kHolesPerFile);
  for (size_t i = step / 2; i < lines.size(); i += step) {
    const auto [begin, end] = lines[i];
    const size_t cut = cut_of(text, begin, end);
    Hole hole = {.prefix = encode(text.substr(0, begin)),
                 .suffix = encode(text.substr(end)),
                 .middle = encode(text.substr(cut, end - cut))};
    const Ids typed = encode(text.substr(begin, cut - begin));
    append(hole.prefix, typed);
    hole.typed = std::ssize(typed);
    const auto excess = std::max<int64_t>(std::ssize(hole.prefix) - kPrefixTokens, 0);
    hole.prefix.erase(hole.prefix.begin(), hole.prefix.begin() + excess);
    hole.typed = std::min(hole.typed, std::ssize(hole.prefix));
    hole.suffix.resize(std::min<size_t>(hole.suffix.size(), kSuffixTokens));
    hole.middle.resize(std::min<size_t>(hole.middle.size(), kMaxMiddleTokens));
    holes.push_back(std::move(hole));
  }
}

/// log(softmax(logits)).
std::vector<double> log_probabilities(std::span<const float> logits) {
  const float largest = *std::ranges::max_element(logits);
  double sum = 0;
  for (const float logit : logits) sum += std::exp(static_cast<double>(logit - largest));
  std::vector<double> result;
  result.reserve(logits.size());
  for (const float logit : logits) {
    result.push_back(static_cast<double>(logit - largest) - std::log(sum));
  }
  return result;
}

double divergence(const std::vector<double>& from, const std::vector<double>& to) {
  double sum = 0;
  for (size_t i = 0; i < from.size(); ++i) {
    const double term = std::exp(from[i]) * (from[i] - to[i]);
    if (std::isfinite(term)) sum += term;
  }
  return std::max(sum, 0.0);
}

/// One hole under one layout.
struct Score {
  double nats = 0;
  bool first_right = false;
  bool exact = true;
  std::vector<double> first;  ///< log probabilities of the first token
};

class HoleMeter {
 public:
  HoleMeter(Engine& engine, const FimTokens& fim)
      : engine_(engine),
        fim_(fim),
        exec_(engine.exec()),
        kv_(engine.model().make_cache(kCapacity)) {}

  Score at_cursor(const Hole& hole) { return score(prompt(hole.prefix, hole.suffix, {}), hole); }

  Score at_line_begin(const Hole& hole) {
    const auto typed = static_cast<size_t>(hole.typed);
    const std::span<const int32_t> prefix = hole.prefix;
    return score(prompt(prefix.first(prefix.size() - typed), hole.suffix, prefix.last(typed)),
                 hole);
  }

  /// The rows of fim_hole and of the suffix, but for the first `anew`, were computed `drift` tokens
  /// ago.
  Score moved(const Hole& hole, int64_t drift, int64_t anew) {
    const std::span<const int32_t> prefix = hole.prefix;
    const auto seen = static_cast<size_t>(std::max<int64_t>(std::ssize(prefix) - drift, 0));
    const Ids old = prompt(prefix.first(seen), hole.suffix, {});
    const Ids now = prompt(prefix, hole.suffix, {});
    kv_.truncate(0);
    forward(std::span(old).first(old.size() - 1), 0);
    const auto common = std::ssize(old) - std::ssize(hole.suffix) - 2;
    const int64_t skipped = std::min(anew, std::ssize(hole.suffix) + 1);
    const RowMove move = {.from = common + skipped,
                          .to = common + skipped + std::ssize(now) - std::ssize(old),
                          .count = std::ssize(hole.suffix) + 1 - skipped};
    kv_.truncate(common);
    engine_.model().move_rows(move, kv_, engine_.backend(), exec_);
    const auto gap =
        std::span(now).subspan(static_cast<size_t>(common), static_cast<size_t>(move.to - common));
    if (!gap.empty()) forward(gap, 0);
    kv_.commit(move.count);
    return score_last(now.back(), hole);
  }

 private:
  static constexpr int64_t kCapacity = kPrefixTokens + kSuffixTokens + kMaxMiddleTokens + 16;

  [[nodiscard]] Ids prompt(std::span<const int32_t> prefix,
                           std::span<const int32_t> suffix,
                           std::span<const int32_t> middle) const {
    Ids ids = engine_.tokenizer().prefix_ids();
    ids.push_back(fim_.prefix);
    append(ids, prefix);
    ids.push_back(fim_.suffix);
    append(ids, suffix);
    ids.push_back(*fim_.middle);
    append(ids, middle);
    return ids;
  }

  std::span<const float> forward(std::span<const int32_t> tokens, int64_t num_logits) {
    const int64_t vocab_size = engine_.model().config().vocab_size;
    logits_.resize(static_cast<size_t>(num_logits * vocab_size));
    const TensorView<float, 2> out(logits_.data(), {num_logits, vocab_size});
    engine_.model().forward({.tokens = tokens}, kv_, out, engine_.backend(), exec_);
    return logits_;
  }

  Score score(const Ids& prompt, const Hole& hole) {
    kv_.truncate(0);
    forward(std::span(prompt).first(prompt.size() - 1), 0);
    return score_last(prompt.back(), hole);
  }

  /// The cache has the prompt's rows but for `last`.
  Score score_last(int32_t last, const Hole& hole) {
    Ids tokens = {last};
    append(tokens, std::span(hole.middle).first(hole.middle.size() - 1));
    const std::span<const float> logits = forward(tokens, std::ssize(tokens));
    const auto vocab_size = static_cast<size_t>(engine_.model().config().vocab_size);
    Score score;
    for (size_t i = 0; i < hole.middle.size(); ++i) {
      const std::vector<double> row = log_probabilities(logits.subspan(i * vocab_size, vocab_size));
      const auto token = static_cast<size_t>(hole.middle[i]);
      score.nats -= row[token];
      score.exact = score.exact && *std::ranges::max_element(row) == row[token];
      if (i > 0) continue;
      score.first_right = score.exact;
      score.first = row;
    }
    return score;
  }

  Engine& engine_;
  const FimTokens& fim_;
  Exec exec_;
  KvCache kv_;
  std::vector<float> logits_;
};

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

}  // namespace

Result<std::vector<LayoutReport>> measure_holes(Engine& engine,
                                                const std::vector<std::string>& files) {
  FIMD_TRY(const FimTokens fim, engine.tokenizer().fim_tokens());
  if (fim.format->suffix_first) {
    return fail(ErrorCode::kUnsupported,
                "prompts of " + std::string(fim.format->name) +
                    " begin with the suffix, which is never moved");
  }
  std::vector<Hole> holes;
  for (const std::string& path : files) {
    FIMD_TRY(const FileSnapshot file, read_file(path, kMaxFileBytes));
    cut_holes(engine.tokenizer(), file.content, holes);
  }
  if (holes.empty()) return fail(ErrorCode::kInvalidInput, "no file has a line to cut");

  HoleMeter meter(engine, fim);
  std::vector<LayoutReport> reports;
  std::vector<std::vector<double>> exact_first;
  const auto measure = [&](const std::string& layout, const auto& score_of) {
    LayoutReport report = {.layout = layout, .num_holes = std::ssize(holes)};
    for (size_t i = 0; i < holes.size(); ++i) {
      Score score = score_of(holes[i]);
      report.num_tokens += std::ssize(holes[i].middle);
      report.nats += score.nats;
      report.first_right_holes += score.first_right ? 1 : 0;
      report.exact_holes += score.exact ? 1 : 0;
      if (exact_first.size() < holes.size()) exact_first.push_back(score.first);
      report.divergences.push_back(divergence(exact_first[i], score.first));
    }
    reports.push_back(std::move(report));
  };
  measure("at the cursor", [&](const Hole& hole) { return meter.at_cursor(hole); });
  measure("at the line's beginning", [&](const Hole& hole) { return meter.at_line_begin(hole); });
  for (const int64_t anew : kAnew) {
    for (const int64_t drift : kDrifts) {
      measure("moved, drift " + std::to_string(drift) + ", " + std::to_string(anew) + " anew",
              [&](const Hole& hole) { return meter.moved(hole, drift, anew); });
    }
  }
  return reports;
}

std::string to_table(const std::vector<LayoutReport>& reports) {
  std::string table = std::to_string(reports.front().num_holes) + " holes of " +
                      std::to_string(reports.front().num_tokens) + " tokens\n\n";
  char row[256];
  const auto add_row = [&](const char* format, auto... values) {
    std::snprintf(row, sizeof(row), format, values...);
    table += row;
  };
  add_row(
      "%-32s %12s %8s %8s %9s %9s\n", "", "nats a token", "1st right", "exact", "KL mean", "p95");
  for (const LayoutReport& report : reports) {
    const auto share = [&](int64_t holes) {
      return 100.0 * static_cast<double>(holes) / static_cast<double>(report.num_holes);
    };
    add_row("%-32s %12.3f %7.1f %% %6.1f %% %9.4f %9.4f\n",
            report.layout.c_str(),
            report.nats / static_cast<double>(report.num_tokens),
            share(report.first_right_holes),
            share(report.exact_holes),
            mean(report.divergences),
            percentile(report.divergences, 0.95));
  }
  return table;
}

std::string to_json_lines(const std::vector<LayoutReport>& reports) {
  std::string lines;
  for (const LayoutReport& report : reports) {
    const nlohmann::ordered_json json = {
        {"layout", report.layout},
        {"holes", report.num_holes},
        {"nats_per_token", report.nats / static_cast<double>(report.num_tokens)},
        {"first_right", report.first_right_holes},
        {"exact", report.exact_holes},
        {"divergence_mean", mean(report.divergences)},
        {"divergence_p95", percentile(report.divergences, 0.95)}};
    lines += json.dump() + "\n";
  }
  return lines;
}

}  // namespace fimd
