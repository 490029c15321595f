#include "completion/context/rank.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "completion/context/chunks.h"
#include "completion/context/secrets.h"
#include "completion/context/terms.h"
#include "completion/syntax/text_lines.h"

namespace fimd {
namespace {

// BM25's usual parameters, with half the usual weight on length: chunks are about equally long.
constexpr double kSaturation = 1.2;
constexpr double kLengthWeight = 0.4;
/// Instead of the average, which would change with each file that opens.
constexpr double kTypicalChunkTerms = 200;
/// As if there were so many more chunks without any of the terms: with few files open all terms
/// would seem frequent.
constexpr double kBackgroundChunks = 32;

/// Enough for each use below to stay half empty.
constexpr size_t kTableSlots = 4096;
static_assert(kMaxQueryTerms * 2 <= kTableSlots && kMaxChunkBytes / 2 <= kTableSlots / 2);

/// The terms near the cursor, by hash.
class Query {
 public:
  void add(std::string_view text) {
    visit_terms(text, [this](const Term& term) {
      if (weights_.size() < kMaxQueryTerms && !is_common_term(term.spelling)) insert(term);
    });
  }

  [[nodiscard]] size_t size() const { return weights_.size(); }

  [[nodiscard]] int weight(size_t index) const { return weights_[index]; }

  /// The term's index, or kMaxQueryTerms.
  [[nodiscard]] size_t find(uint32_t hash) const {
    for (size_t slot = hash % kTableSlots;; slot = (slot + 1) % kTableSlots) {
      if (slots_[slot].index == kMaxQueryTerms || slots_[slot].hash == hash) {
        return slots_[slot].index;
      }
    }
  }

 private:
  struct Slot {
    uint32_t hash = 0;
    uint32_t index = kMaxQueryTerms;
  };

  void insert(const Term& term) {
    if (find(term.hash) != kMaxQueryTerms) return;
    size_t slot = term.hash % kTableSlots;
    while (slots_[slot].index != kMaxQueryTerms) slot = (slot + 1) % kTableSlots;
    slots_[slot] = {term.hash, static_cast<uint32_t>(weights_.size())};
    weights_.push_back(term.is_whole ? 2 : 1);
  }

  std::vector<Slot> slots_ = std::vector<Slot>(kTableSlots);
  std::vector<int> weights_;
};

size_t query_begin(std::string_view before) {
  const size_t limit = before.size() - std::min(before.size(), kMaxQueryBytes);
  size_t begin = before.size();
  for (size_t num_lines = 0; begin > limit; --begin) {
    if (before[begin - 1] == '\n' && ++num_lines > kQueryLinesBefore) break;
  }
  return begin;
}

size_t query_end(std::string_view after) {
  const size_t limit = std::min(after.size(), kMaxQueryBytes);
  size_t end = 0;
  for (size_t num_lines = 0; end < limit; ++end) {
    if (after[end] == '\n' && ++num_lines > kQueryLinesAfter) break;
  }
  return end;
}

Query make_query(const Site& site) {
  const std::string_view text = site.view.text;
  std::string_view before = text.substr(0, site.cursor.value);
  std::string_view after = text.substr(std::min(site.hole_end.value, text.size()));
  before.remove_prefix(query_begin(before));
  after = after.substr(0, query_end(after));
  while (!before.empty() && is_word_character(before.back())) before.remove_suffix(1);
  while (!after.empty() && is_word_character(after.front())) after.remove_prefix(1);
  Query query;
  query.add(before);
  query.add(after);
  return query;
}

struct Hit {
  uint16_t term = 0;
  uint16_t count = 0;
};

struct Candidate {
  RankedChunk chunk;
  std::vector<Hit> hits;
  size_t num_terms = 0;
  size_t num_distinct_terms = 0;
  double boost = 1;
  int score_steps = 0;
};

/// Which terms a chunk has. Its tables serve one chunk after another.
class TermCounter {
 public:
  explicit TermCounter(const Query& query) : query_(query) {}

  void count(std::string_view text, Candidate& candidate) {
    ++stamp_;
    visit_terms(text, [&](const Term& term) {
      ++candidate.num_terms;
      if (is_new(term.hash)) ++candidate.num_distinct_terms;
      const size_t index = query_.find(term.hash);
      if (index == kMaxQueryTerms) return;
      if (counts_[index]++ == 0) candidate.hits.push_back({static_cast<uint16_t>(index), 0});
    });
    for (Hit& hit : candidate.hits) hit.count = std::exchange(counts_[hit.term], uint16_t{0});
  }

 private:
  struct Slot {
    uint32_t stamp = 0;
    uint32_t hash = 0;
  };

  bool is_new(uint32_t hash) {
    size_t slot = hash % kTableSlots;
    for (; seen_[slot].stamp == stamp_; slot = (slot + 1) % kTableSlots) {
      if (seen_[slot].hash == hash) return false;
    }
    seen_[slot] = {stamp_, hash};
    return true;
  }

  const Query& query_;
  std::array<uint16_t, kMaxQueryTerms> counts_ = {};
  std::vector<Slot> seen_ = std::vector<Slot>(kTableSlots);
  uint32_t stamp_ = 0;
};

/// A neighbour to look at: its index, and how many more recent recencies there are.
struct Ranked {
  size_t index = 0;
  size_t recency_rank = 0;
};

std::vector<Ranked> most_recent(const ContextRequest& request) {
  std::vector<Ranked> order;
  for (size_t i = 0; i < request.neighbours.size(); ++i) {
    const Neighbour& neighbour = request.neighbours[i];
    const bool is_own = neighbour.path == request.path && !neighbour.is_cell;
    if (neighbour.text == nullptr || is_own) continue;
    if (!is_secret_file(neighbour.path)) order.push_back({.index = i});
  }
  std::ranges::sort(order, [&](const Ranked& a, const Ranked& b) {
    const Neighbour& left = request.neighbours[a.index];
    const Neighbour& right = request.neighbours[b.index];
    return std::tie(right.recency, left.path, a.index) <
           std::tie(left.recency, right.path, b.index);
  });
  order.resize(std::min(order.size(), kMaxNeighbours));
  for (size_t i = 1; i < order.size(); ++i) {
    const bool same = request.neighbours[order[i].index].recency ==
                      request.neighbours[order[i - 1].index].recency;
    order[i].recency_rank = order[i - 1].recency_rank + (same ? 0 : 1);
  }
  return order;
}

double boost_of(const Neighbour& neighbour, ByteRange range, size_t recency_rank) {
  // Edits further back are no news.
  static constexpr size_t kMaxEdits = 8;
  double boost = 1 + kRecencyBoost / static_cast<double>(1 + recency_rank);
  for (size_t i = 0; i < std::min(neighbour.edited.size(), kMaxEdits); ++i) {
    const ByteRange& edited = neighbour.edited[i];
    if (edited.begin.value > range.end.value || edited.end.value < range.begin.value) continue;
    return boost * (1 + kEditedBoost / static_cast<double>(1 + i));
  }
  return boost;
}

struct Corpus {
  std::vector<Candidate> candidates;  // of the chunks, those that share a term
  size_t num_chunks = 0;
  std::vector<size_t> num_chunks_with;  // by the query's terms
};

Corpus read_corpus(const ContextRequest& request, const Query& query) {
  Corpus corpus;
  corpus.num_chunks_with.resize(query.size());
  TermCounter counter(query);
  for (const Ranked& ranked : most_recent(request)) {
    const Neighbour& neighbour = request.neighbours[ranked.index];
    const ByteRange considered = considered_range(neighbour);
    const size_t base = considered.begin.value;
    const std::string_view text =
        std::string_view(*neighbour.text).substr(base, considered.end.value - base);
    for (const ByteRange& piece : cut_chunks(text)) {
      if (corpus.num_chunks == kMaxRankedChunks) return corpus;
      ++corpus.num_chunks;
      const ByteRange range = {{base + piece.begin.value}, {base + piece.end.value}};
      Candidate candidate = {.chunk = {ranked.index, range},
                             .boost = boost_of(neighbour, range, ranked.recency_rank)};
      counter.count(text.substr(piece.begin.value, piece.end.value - piece.begin.value), candidate);
      for (const Hit& hit : candidate.hits) ++corpus.num_chunks_with[hit.term];
      if (!candidate.hits.empty()) corpus.candidates.push_back(std::move(candidate));
    }
  }
  return corpus;
}

double score_of(const Candidate& candidate, const Corpus& corpus, size_t num_query_terms) {
  const double length = static_cast<double>(candidate.num_terms) / kTypicalChunkTerms;
  double relevance = 0;
  for (const Hit& hit : candidate.hits) {
    const auto with = static_cast<double>(corpus.num_chunks_with[hit.term]);
    const double without = static_cast<double>(corpus.num_chunks) + kBackgroundChunks - with;
    const auto count = static_cast<double>(hit.count);
    relevance += std::log(1 + (without + 0.5) / (with + 0.5)) * count * (kSaturation + 1) /
                 (count + kSaturation * (1 - kLengthWeight + kLengthWeight * length));
  }
  const auto shared = static_cast<double>(candidate.hits.size());
  const double either = static_cast<double>(num_query_terms + candidate.num_distinct_terms);
  return relevance * (1 + kOverlapWeight * shared / (either - shared)) * candidate.boost;
}

/// The lines that the prompt shows already, as far as they say something.
class ShownLines {
 public:
  void add(std::string_view text) {
    visit_lines(text, [this](size_t hash) { hashes_.insert(hash); });
  }

  [[nodiscard]] bool has_most_of(std::string_view text) const {
    size_t num_lines = 0;
    size_t num_shown = 0;
    visit_lines(text, [&](size_t hash) {
      ++num_lines;
      num_shown += hashes_.count(hash);
    });
    return num_shown * kMaxDuplicateShare > num_lines;
  }

 private:
  template <typename Visit>
  static void visit_lines(std::string_view text, const Visit& visit) {
    // "}" and "end" are everywhere.
    static constexpr size_t kMinLineBytes = 6;
    while (!text.empty()) {
      const size_t end = std::min(text.find_first_of("\r\n"), text.size());
      const std::string_view line = trimmed(text.substr(0, end));
      if (line.size() >= kMinLineBytes) visit(std::hash<std::string_view>()(line));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  std::unordered_set<size_t> hashes_;
};

ShownLines shown_in(const FimWindow& window) {
  // More than chunks can be found in near a cursor.
  static constexpr size_t kMaxBytes = size_t{128} << 10;
  ShownLines shown;
  shown.add(window.prefix.substr(window.prefix.size() - std::min(window.prefix.size(), kMaxBytes)));
  shown.add(window.suffix.substr(0, kMaxBytes));
  return shown;
}

std::string_view text_of(const ContextRequest& request, const RankedChunk& chunk) {
  const size_t begin = chunk.range.begin.value;
  return std::string_view(*request.neighbours[chunk.neighbour].text)
      .substr(begin, chunk.range.end.value - begin);
}

bool shares_enough(const Candidate& candidate, const Query& query) {
  int weight = 0;
  for (const Hit& hit : candidate.hits) weight += query.weight(hit.term);
  return weight >= kMinSharedWeight;
}

std::vector<RankedChunk> choose(const ContextRequest& request,
                                const std::vector<Candidate>& candidates) {
  std::vector<RankedChunk> chosen;
  std::vector<size_t> num_of(request.neighbours.size());
  ShownLines shown = shown_in(request.window);
  for (const auto& [chunk, hits, terms, distinct, boost, steps] : candidates) {
    if (chosen.size() == kMaxChosenChunks) break;
    if (num_of[chunk.neighbour] == kMaxChunksPerFile) continue;
    const std::string_view text = text_of(request, chunk);
    if (shown.has_most_of(text)) continue;
    shown.add(text);
    ++num_of[chunk.neighbour];
    chosen.push_back(chunk);
  }
  return chosen;
}

}  // namespace

ByteRange considered_range(const Neighbour& neighbour) {
  const std::string_view text = *neighbour.text;
  if (text.size() <= kMaxNeighbourBytes) return {{0}, {text.size()}};
  const size_t centre = neighbour.edited.empty() ? 0 : neighbour.edited.front().begin.value;
  const size_t begin =
      std::min(centre - std::min(centre, kMaxNeighbourBytes / 2), text.size() - kMaxNeighbourBytes);
  const std::string_view piece = text.substr(begin, kMaxNeighbourBytes);
  const size_t first = begin == 0 ? 0 : piece.find_first_of("\r\n");
  const size_t last = piece.find_last_of("\r\n");
  if (first == std::string_view::npos || last == std::string_view::npos) return {{begin}, {begin}};
  return {{begin + first}, {begin + std::max(first, last)}};
}

std::vector<RankedChunk> rank_chunks(const ContextRequest& request) {
  const Query query = make_query(request.site);
  if (query.size() == 0) return {};
  Corpus corpus = read_corpus(request, query);
  std::erase_if(corpus.candidates,
                [&](const Candidate& candidate) { return !shares_enough(candidate, query); });
  for (Candidate& candidate : corpus.candidates) {
    const double score = score_of(candidate, corpus, query.size());
    candidate.score_steps = static_cast<int>(std::floor(std::log(score) / std::log(kScoreStep)));
  }
  std::ranges::sort(corpus.candidates, [&](const Candidate& a, const Candidate& b) {
    const std::string& a_path = request.neighbours[a.chunk.neighbour].path;
    const std::string& b_path = request.neighbours[b.chunk.neighbour].path;
    return std::tie(b.score_steps, a_path, a.chunk.range.begin.value, a.chunk.neighbour) <
           std::tie(a.score_steps, b_path, b.chunk.range.begin.value, b.chunk.neighbour);
  });
  return choose(request, corpus.candidates);
}

}  // namespace fimd
