#include "engine/tokenizer/added_tokens.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/json/json_fields.h"
#include "engine/json/json_file.h"
#include "engine/tokenizer/byte_alphabet.h"
#include "engine/tokenizer/fim_formats.h"
#include "engine/tokenizer/token_id.h"
#include "engine/utf8.h"

namespace fimd {
namespace {

using nlohmann::json;

// Bounds the search at each position; published special tokens have under 60 bytes.
constexpr size_t kMaxContentBytes = 1024;

unsigned char first_byte(std::string_view text) {
  return static_cast<unsigned char>(text.front());
}

/// Where the white space that `text` ends with begins.
size_t trailing_space_begin(std::string_view text) {
  while (!text.empty() && is_white_space(last_code_point(text))) {
    text.remove_suffix(text.size() - character_start(text, text.size() - 1));
  }
  return text.size();
}

size_t leading_space_bytes(std::string_view text) {
  size_t count = 0;
  while (count < text.size()) {
    const Utf8Unit unit = first_utf8_unit(text.substr(count));
    if (!is_white_space(unit.code_point)) break;
    count += unit.size_bytes;
  }
  return count;
}

Result<AddedToken> read_token(const JsonObject& spec) {
  AddedToken token;
  FIMD_TRY(token.content, spec.string("content"));
  if (token.content.empty()) return token;
  const json* id = spec.find("id");
  if (id == nullptr) return spec.wrong("id", "a token id");
  FIMD_TRY(token.id, token_id(*id, spec.place_of("id")));
  FIMD_TRY(token.single_word, spec.boolean("single_word", false));
  FIMD_TRY(token.lstrip, spec.boolean("lstrip", false));
  FIMD_TRY(token.rstrip, spec.boolean("rstrip", false));
  FIMD_TRY(token.special, spec.boolean("special", false));
  FIMD_TRY(token.normalized, spec.boolean("normalized", !token.special));
  return token;
}

}  // namespace

void PrefixIndex::build() {
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return a.text < b.text;
  });
  size_t entry = 0;
  for (size_t byte = 0; byte < first_of_byte_.size(); ++byte) {
    while (entry < entries_.size() && first_byte(entries_[entry].text) < byte) ++entry;
    first_of_byte_[byte] = entry;
  }
}

std::optional<size_t> PrefixIndex::longest_prefix_of(std::string_view text) const {
  // All entries from begin to end share their first `depth` bytes with the text.
  size_t begin = first_of_byte_[first_byte(text)];
  size_t end = first_of_byte_[first_byte(text) + size_t{1}];
  std::optional<size_t> longest;
  for (size_t depth = 1; begin < end; ++depth) {
    if (entries_[begin].text.size() == depth) longest = entries_[begin++].number;
    if (depth == text.size()) break;
    const auto byte_less = [depth](const Entry& entry, unsigned char byte) {
      return static_cast<unsigned char>(entry.text[depth]) < byte;
    };
    const auto less_byte = [depth](unsigned char byte, const Entry& entry) {
      return byte < static_cast<unsigned char>(entry.text[depth]);
    };
    const auto byte = static_cast<unsigned char>(text[depth]);
    const auto range_begin = entries_.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto range_end = entries_.begin() + static_cast<std::ptrdiff_t>(end);
    const auto low = std::lower_bound(range_begin, range_end, byte, byte_less);
    const auto high = std::upper_bound(low, range_end, byte, less_byte);
    begin = static_cast<size_t>(low - entries_.begin());
    end = static_cast<size_t>(high - entries_.begin());
  }
  return longest;
}

Result<AddedTokens> AddedTokens::parse(const json* spec, const Bpe& bpe, const std::string& where) {
  if (spec == nullptr) return AddedTokens();
  if (!spec->is_array()) return wrong_type(spec, where, "an array");
  std::vector<AddedToken> tokens;
  for (size_t index = 0; index < spec->size(); ++index) {
    const JsonObject fields((*spec)[index], where + "[" + std::to_string(index) + "]");
    FIMD_TRY(tokens.emplace_back(), read_token(fields));
  }
  return build(std::move(tokens), bpe, where);
}

Result<AddedTokens> AddedTokens::build(std::vector<AddedToken> tokens,
                                       const Bpe& bpe,
                                       const std::string& where) {
  if (tokens.size() > kMaxVocabularyTokens) {
    return fail(ErrorCode::kInvalidInput,
                where + " has " + std::to_string(tokens.size()) + " entries, expected at most " +
                    std::to_string(kMaxVocabularyTokens));
  }
  AddedTokens result;
  for (size_t index = 0; index < tokens.size(); ++index) {
    const std::string place = where + "[" + std::to_string(index) + "]";
    FIMD_TRY_STATUS(result.add(std::move(tokens[index]), bpe, place));
  }
  FIMD_TRY_STATUS(result.build_indices(where));
  return result;
}

Status AddedTokens::add(AddedToken token, const Bpe& bpe, const std::string& where) {
  if (token.content.empty()) return {};
  if (token.content.size() > kMaxContentBytes) {
    return fail(ErrorCode::kInvalidInput,
                where + ".content has " + std::to_string(token.content.size()) +
                    " bytes, expected at most " + std::to_string(kMaxContentBytes));
  }
  token.special = token.special || is_reserved(token.content);
  token.bytes = decoded_spelling(token.content);
  const std::optional<int32_t> known_id = bpe.find_spelling(token.content);
  if (known_id ? *known_id != token.id : !bpe.token_bytes(token.id).empty()) {
    return fail(ErrorCode::kInvalidInput,
                where + ": " + quote(token.content) + " has id " + std::to_string(token.id) +
                    ", but in model.vocab " +
                    (known_id ? "it has " + std::to_string(*known_id) : "another token has"));
  }
  tokens_.push_back(std::move(token));
  return {};
}

Status AddedTokens::build_indices(const std::string& where) {
  std::sort(tokens_.begin(), tokens_.end(), [](const AddedToken& a, const AddedToken& b) {
    return a.id < b.id;
  });
  for (size_t number = 0; number < tokens_.size(); ++number) {
    const AddedToken& token = tokens_[number];
    const bool id_taken = number > 0 && tokens_[number - 1].id == token.id;
    const bool content_taken = !by_content_.emplace(token.content, number).second;
    if (id_taken || content_taken) {
      return fail(ErrorCode::kInvalidInput,
                  where + ": " + quote(token.content) + " with id " + std::to_string(token.id) +
                      " has the " + (id_taken ? "id" : "content") + " of another entry");
    }
    (token.normalized ? normalized_ : raw_).add(token.content, number);
    if (token.single_word && !word_character_) {
      // The word characters of this rule include the joiners U+200C and U+200D.
      FIMD_TRY(word_character_, Regex::compile(R"([\w\u200C\u200D])", where));
    }
  }
  raw_.build();
  normalized_.build();
  return {};
}

const AddedToken* AddedTokens::find(std::string_view content) const {
  const auto found = by_content_.find(content);
  return found == by_content_.end() ? nullptr : &tokens_[found->second];
}

bool AddedTokens::split(const Query& query, const Sink& sink) const {
  return cut(raw_, query, [&](std::string_view piece, const AddedToken* token) {
    if (token != nullptr) return sink({}, token);
    Query part = query;
    part.text = piece;
    return cut(normalized_, part, sink);
  });
}

bool AddedTokens::cut(const PrefixIndex& index, const Query& query, const Sink& sink) const {
  const std::string_view text = query.text;
  size_t done_end = 0;  // everything before it went to the sink
  size_t position = 0;
  size_t next_check = kStopCheckBytes;
  while (!index.empty() && position < text.size()) {
    if (position >= next_check) {
      if (query.stop.stop_requested()) return false;
      next_check = position + kStopCheckBytes;
    }
    const std::optional<size_t> number = index.longest_prefix_of(text.substr(position));
    if (!number) {
      ++position;
      continue;
    }
    const AddedToken& token = tokens_[*number];
    size_t begin = position;
    size_t end = position += token.content.size();
    if (token.special && query.special == SpecialTokens::kLiteral) continue;
    if (token.single_word && !stands_alone(text, begin, end, query.scratch)) continue;
    if (token.lstrip && begin > done_end) {
      begin = done_end + trailing_space_begin(text.substr(done_end, begin - done_end));
    }
    if (token.rstrip) {
      // What lies before done_end is white space that the last token swallowed.
      end = std::max(end, done_end);
      end += leading_space_bytes(text.substr(end));
    }
    if (done_end < begin && !sink(text.substr(done_end, begin - done_end), nullptr)) return false;
    if (!sink({}, &token)) return false;
    done_end = end;
  }
  return done_end >= text.size() || sink(text.substr(done_end), nullptr);
}

bool AddedTokens::stands_alone(std::string_view text,
                               size_t begin,
                               size_t end,
                               RegexScratch& scratch) const {
  const auto is_word = [&](std::string_view character) {
    return word_character_->find(character, 0, scratch).has_value();
  };
  if (begin > 0) {
    const size_t previous = character_start(text, begin - 1);
    if (is_word(text.substr(previous, begin - previous))) return false;
  }
  if (end == text.size()) return true;
  return !is_word(text.substr(end, first_utf8_unit(text.substr(end)).size_bytes));
}

}  // namespace fimd
