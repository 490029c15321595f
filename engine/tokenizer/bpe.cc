#include "engine/tokenizer/bpe.h"

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>

#include "engine/json/json_fields.h"
#include "engine/json/json_file.h"
#include "engine/tokenizer/byte_alphabet.h"
#include "engine/tokenizer/token_id.h"
#include "kernels/base/check.h"

namespace fimd {
namespace {

using nlohmann::json;

// A merge makes a token, so there is no use for more of them.
constexpr size_t kMaxMerges = kMaxVocabularyTokens;

// Keys have the upper bit of each half clear, so this is none.
constexpr uint64_t kEmptySlot = ~uint64_t{0};

/// std's heaps keep the largest on top: whether `a` merges after `b`.
bool merges_later(const Bpe::Scratch::Candidate& a, const Bpe::Scratch::Candidate& b) {
  return a.rank != b.rank ? a.rank > b.rank : a.symbol > b.symbol;
}

/// Whether valid UTF-8 can contain `byte`.
bool occurs_in_utf8(int byte) {
  return byte < 0xC0 || (byte > 0xC1 && byte < 0xF5);
}

using MergeSides = std::pair<std::string_view, std::string_view>;

/// "a b" or ["a", "b"].
std::optional<MergeSides> read_merge(const json& merge) {
  if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
    return MergeSides{merge[0].get_ref<const std::string&>(),
                      merge[1].get_ref<const std::string&>()};
  }
  if (merge.is_string()) {
    const std::string_view text = merge.get_ref<const std::string&>();
    const size_t space = text.find(' ');
    if (space != std::string_view::npos && text.find(' ', space + 1) == std::string_view::npos) {
      return MergeSides{text.substr(0, space), text.substr(space + 1)};
    }
  }
  return std::nullopt;
}

/// The members of `vocab`.
Result<std::vector<BpeSpec::Token>> read_vocabulary(const JsonObject& model) {
  FIMD_TRY(const JsonObject vocabulary, model.object("vocab"));
  std::vector<BpeSpec::Token> tokens;
  tokens.reserve(vocabulary.value().size());
  for (const auto& [spelling, value] : vocabulary.value().items()) {
    // The place is only worth spelling out where something is wrong with it.
    const bool valid = token_id(value, vocabulary.place()).has_value();
    const std::string place = valid ? "" : vocabulary.place() + "[" + quote(spelling) + "]";
    FIMD_TRY(const int32_t id, token_id(value, place));
    tokens.push_back({.spelling = spelling, .id = id});
  }
  return tokens;
}

Result<std::vector<std::pair<std::string, std::string>>> read_merges(const JsonObject& model) {
  FIMD_TRY(const json* merges, model.array("merges"));
  std::vector<std::pair<std::string, std::string>> sides;
  sides.reserve(merges->size());
  for (size_t index = 0; index < merges->size(); ++index) {
    const json& merge = (*merges)[index];
    if (merge.is_string() && merge.get_ref<const std::string&>().starts_with("#version")) continue;
    const std::optional<MergeSides> read = read_merge(merge);
    if (!read) {
      return wrong_type(&merge,
                        model.place_of("merges") + "[" + std::to_string(index) + "]",
                        R"("left right" or ["left", "right"])");
    }
    sides.emplace_back(read->first, read->second);
  }
  return sides;
}

}  // namespace

uint64_t MergeTable::key_of(int32_t left, int32_t right) {
  return (static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32) | static_cast<uint32_t>(right);
}

void MergeTable::reserve(size_t num_merges) {
  slots_.assign(std::bit_ceil(2 * num_merges + 1), Slot{.key = kEmptySlot, .merge = {}});
}

size_t MergeTable::slot_of(uint64_t key) const {
  const size_t mask = slots_.size() - 1;
  // Fibonacci hashing; the upper bits of the product are the mixed ones.
  size_t slot = static_cast<size_t>((key * 0x9E3779B97F4A7C15U) >> 32) & mask;
  while (slots_[slot].key != kEmptySlot && slots_[slot].key != key) slot = (slot + 1) & mask;
  return slot;
}

void MergeTable::insert(std::pair<int32_t, int32_t> pair, Merge merge) {
  const uint64_t key = key_of(pair.first, pair.second);
  slots_[slot_of(key)] = Slot{.key = key, .merge = merge};
}

const MergeTable::Merge* MergeTable::find(int32_t left, int32_t right) const {
  const uint64_t key = key_of(left, right);
  const Slot& slot = slots_[slot_of(key)];
  return slot.key == key ? &slot.merge : nullptr;
}

Result<Bpe> Bpe::parse(const JsonObject& model) {
  if (model.find("type") != nullptr) {
    FIMD_TRY(const std::string type, model.string("type"));
    if (type != "BPE") return model.wrong("type", "BPE", ErrorCode::kUnsupported);
  }
  BpeSpec spec = {.vocabulary_place = model.place_of("vocab"),
                  .merges_place = model.place_of("merges")};
  FIMD_TRY(spec.ignore_merges, model.boolean("ignore_merges", false));
  FIMD_TRY(spec.vocabulary, read_vocabulary(model));
  FIMD_TRY(spec.merges, read_merges(model));
  FIMD_TRY(Bpe bpe, build(spec));
  FIMD_TRY_STATUS(bpe.check_supported(model));
  return bpe;
}

Result<Bpe> Bpe::build(const BpeSpec& spec) {
  Bpe bpe;
  bpe.ignore_merges_ = spec.ignore_merges;
  FIMD_TRY_STATUS(bpe.add_vocabulary(spec));
  FIMD_TRY_STATUS(bpe.add_merges(spec));
  return bpe;
}

Status Bpe::add_vocabulary(const BpeSpec& spec) {
  int32_t size = 0;
  for (const auto& [spelling, id] : spec.vocabulary) size = std::max(size, id + 1);
  if (size == 0) return fail(ErrorCode::kInvalidInput, spec.vocabulary_place + " is empty");
  tokens_.resize(static_cast<size_t>(size));
  id_of_bytes_.reserve(spec.vocabulary.size());
  id_of_byte_.fill(-1);
  std::vector<bool> taken(tokens_.size());
  for (const auto& [spelling, id] : spec.vocabulary) {
    const auto index = static_cast<size_t>(id);
    if (taken[index]) {
      return fail(ErrorCode::kInvalidInput,
                  spec.vocabulary_place + "[" + quote(spelling) + "] is " + std::to_string(id) +
                      ", which another token has");
    }
    taken[index] = true;
    if (auto bytes = bytes_of_spelling(spelling)) {
      tokens_[index] = *std::move(bytes);
      if (!id_of_bytes_.emplace(tokens_[index], id).second) {
        return fail(ErrorCode::kInvalidInput,
                    spec.vocabulary_place + " has " + quote(spelling) + " twice");
      }
      if (tokens_[index].size() == 1) {
        id_of_byte_[static_cast<unsigned char>(tokens_[index].front())] = id;
      }
    } else {
      tokens_[index] = spelling;
      id_of_text_.emplace(spelling, id);
    }
  }
  return {};
}

Status Bpe::add_merges(const BpeSpec& spec) {
  if (spec.merges.size() > kMaxMerges) {
    return fail(ErrorCode::kInvalidInput,
                spec.merges_place + " has " + std::to_string(spec.merges.size()) +
                    " entries, expected at most " + std::to_string(kMaxMerges));
  }
  merges_.reserve(spec.merges.size());
  for (size_t rank = 0; rank < spec.merges.size(); ++rank) {
    const auto& [left, right] = spec.merges[rank];
    const std::string product = left + right;
    const std::array<std::string_view, 3> spellings = {left, right, product};
    if (spec.passes_over_products && !find_spelling(product)) continue;
    std::array<int32_t, 3> ids{};
    for (size_t part = 0; part < ids.size(); ++part) {
      const std::optional<int32_t> id = find_spelling(spellings[part]);
      if (!id) {
        return fail(ErrorCode::kInvalidInput,
                    spec.merges_place + "[" + std::to_string(rank) +
                        "]: " + quote(spellings[part]) + " is not in the vocabulary");
      }
      ids[part] = *id;
    }
    merges_.insert({ids[0], ids[1]}, {.rank = static_cast<int32_t>(rank), .id = ids[2]});
  }
  return {};
}

Status Bpe::check_supported(const JsonObject& model) const {
  for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    const json* affix = model.find(key);
    if (affix != nullptr && *affix != "") return model.wrong(key, "none", ErrorCode::kUnsupported);
  }
  const json* dropout = model.find("dropout");
  if (dropout != nullptr && *dropout != 0) {
    return model.wrong("dropout", "none", ErrorCode::kUnsupported);
  }
  const json* unknown = model.find("unk_token");
  FIMD_TRY(const bool byte_fallback, model.boolean("byte_fallback", false));
  if ((unknown == nullptr || *unknown == "") && !byte_fallback) return {};
  for (int byte = 0; byte < 256; ++byte) {
    if (occurs_in_utf8(byte) && id_of_byte_[static_cast<size_t>(byte)] < 0) {
      return fail(ErrorCode::kUnsupported,
                  model.place_of("vocab") + " lacks byte " + std::to_string(byte) +
                      " and relies on unk_token or byte_fallback");
    }
  }
  return {};
}

std::optional<int32_t> Bpe::find(std::string_view bytes) const {
  const auto found = id_of_bytes_.find(bytes);
  if (found != id_of_bytes_.end()) return found->second;
  const auto text = id_of_text_.find(std::string(bytes));
  if (text != id_of_text_.end()) return text->second;
  return std::nullopt;
}

std::optional<int32_t> Bpe::find_spelling(std::string_view spelling) const {
  if (const auto bytes = bytes_of_spelling(spelling)) {
    const auto found = id_of_bytes_.find(*bytes);
    return found == id_of_bytes_.end() ? std::nullopt : std::optional(found->second);
  }
  const auto found = id_of_text_.find(std::string(spelling));
  return found == id_of_text_.end() ? std::nullopt : std::optional(found->second);
}

std::string_view Bpe::token_bytes(int32_t id) const {
  if (id < 0 || id >= vocab_size()) return {};
  return tokens_[static_cast<size_t>(id)];
}

void Bpe::push_candidate(int32_t symbol, Scratch& scratch) const {
  const Scratch::Symbol& left = scratch.symbols[static_cast<size_t>(symbol)];
  if (left.next < 0) return;
  const int32_t right_id = scratch.symbols[static_cast<size_t>(left.next)].id;
  if (const MergeTable::Merge* merge = merges_.find(left.id, right_id)) {
    scratch.candidates.push_back({.rank = merge->rank, .symbol = symbol, .id = merge->id});
  }
}

void Bpe::apply(const Scratch::Candidate& candidate, Scratch& scratch) const {
  std::vector<Scratch::Symbol>& symbols = scratch.symbols;
  Scratch::Symbol& left = symbols[static_cast<size_t>(candidate.symbol)];
  if (left.id < 0 || left.next < 0) return;
  Scratch::Symbol& right = symbols[static_cast<size_t>(left.next)];
  const MergeTable::Merge* merge = merges_.find(left.id, right.id);
  // The pair may have changed since. The reference asks for the same product, not the same rank.
  if (merge == nullptr || merge->id != candidate.id) return;
  left.id = candidate.id;
  left.next = right.next;
  right.id = -1;
  if (left.next >= 0) symbols[static_cast<size_t>(left.next)].prev = candidate.symbol;
  for (const int32_t symbol : {left.prev, candidate.symbol}) {
    const size_t before = scratch.candidates.size();
    if (symbol >= 0) push_candidate(symbol, scratch);
    if (scratch.candidates.size() > before) {
      std::push_heap(scratch.candidates.begin(), scratch.candidates.end(), merges_later);
    }
  }
}

void Bpe::encode_word(std::string_view word, Scratch& scratch, std::vector<int32_t>& ids) const {
  FIMD_CHECK(word.size() <= kMaxWordBytes, word.size());
  if (ignore_merges_) {
    const auto whole = id_of_bytes_.find(word);
    if (whole != id_of_bytes_.end()) {
      ids.push_back(whole->second);
      return;
    }
  }
  std::vector<Scratch::Symbol>& symbols = scratch.symbols;
  std::vector<Scratch::Candidate>& candidates = scratch.candidates;
  symbols.clear();
  candidates.clear();
  for (const char byte : word) {
    const int32_t id = id_of_byte_[static_cast<unsigned char>(byte)];
    if (id < 0) continue;
    const auto index = static_cast<int32_t>(symbols.size());
    symbols.push_back({.id = id, .prev = index - 1, .next = index + 1});
  }
  if (symbols.empty()) return;
  symbols.back().next = -1;
  for (size_t index = 0; index < symbols.size(); ++index) {
    push_candidate(static_cast<int32_t>(index), scratch);
  }
  std::make_heap(candidates.begin(), candidates.end(), merges_later);
  while (!candidates.empty()) {
    std::pop_heap(candidates.begin(), candidates.end(), merges_later);
    const Scratch::Candidate next = candidates.back();
    candidates.pop_back();
    apply(next, scratch);
  }
  for (int32_t index = 0; index >= 0; index = symbols[static_cast<size_t>(index)].next) {
    ids.push_back(symbols[static_cast<size_t>(index)].id);
  }
}

}  // namespace fimd
