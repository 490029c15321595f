#include "engine/tokenizer/tokenizer.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "engine/checkpoint/gguf_parts.h"
#include "engine/json/json_file.h"
#include "engine/tokenizer/tokenizer_spec.h"
#include "engine/utf8.h"

namespace fimd {
namespace {

// The names of DeepSeek's vocabularies; the bars are U+FF5C, the gaps are U+2581.
constexpr std::string_view kDeepSeekBos =
    "<\xEF\xBD\x9C"
    "begin\xE2\x96\x81of\xE2\x96\x81sentence\xEF\xBD\x9C>";
constexpr std::string_view kDeepSeekEos =
    "<\xEF\xBD\x9C"
    "end\xE2\x96\x81of\xE2\x96\x81sentence\xEF\xBD\x9C>";

}  // namespace

struct Tokenizer::Impl {
  Bpe bpe;
  AddedTokens added;
  PreTokenizer pre_tokenizer;
  std::vector<std::string_view> bytes_of_id;  ///< into `bpe` and `added`
  std::vector<bool> special;                  ///< by id
  size_t longest_token_bytes = 0;
  std::vector<int32_t> prefix_ids;
  std::optional<int32_t> bos_id;
  std::optional<int32_t> eos_id;
  Result<FimTokens> fim_tokens;
  std::string chat_template;

  [[nodiscard]] std::optional<int32_t> find(std::string_view text) const {
    if (const AddedToken* token = added.find(text)) return token->id;
    return bpe.find(text);
  }

  void index_ids();
  Status apply(const TokenizerConfig& config, const std::string& place);
  Result<std::optional<int32_t>> find_named(const std::optional<std::string>& configured,
                                            std::string_view fallback,
                                            const std::string& place) const;
  bool encode_valid(std::string_view text,
                    SpecialTokens special,
                    const EncodeLimits& limits,
                    std::vector<int32_t>& ids) const;
};

void Tokenizer::Impl::index_ids() {
  const auto& tokens = added.all();
  const int32_t end_id = std::max(bpe.vocab_size(), tokens.empty() ? 0 : tokens.back().id + 1);
  bytes_of_id.resize(static_cast<size_t>(end_id));
  special.resize(bytes_of_id.size());
  for (int32_t id = 0; id < bpe.vocab_size(); ++id) {
    bytes_of_id[static_cast<size_t>(id)] = bpe.token_bytes(id);
  }
  for (const AddedToken& token : tokens) {
    bytes_of_id[static_cast<size_t>(token.id)] = token.bytes;
    special[static_cast<size_t>(token.id)] = token.special;
  }
  for (const std::string_view bytes : bytes_of_id) {
    longest_token_bytes = std::max(longest_token_bytes, bytes.size());
  }
  for_each_reserved([this](std::string_view spelling) {
    if (const auto id = find(spelling)) special[static_cast<size_t>(*id)] = true;
  });
  fim_tokens = find_fim_tokens([this](std::string_view spelling) { return find(spelling); });
}

Result<std::optional<int32_t>> Tokenizer::Impl::find_named(
    const std::optional<std::string>& configured,
    std::string_view fallback,
    const std::string& place) const {
  if (!configured) return find(fallback);
  const std::optional<int32_t> id = find(*configured);
  if (id) return id;
  return fail(ErrorCode::kInvalidInput,
              place + ": " + quote(*configured) + " is not in the vocabulary");
}

Status Tokenizer::Impl::apply(const TokenizerConfig& config, const std::string& place) {
  FIMD_TRY(bos_id, find_named(config.bos_token, kDeepSeekBos, place + "bos_token"));
  FIMD_TRY(eos_id, find_named(config.eos_token, kDeepSeekEos, place + "eos_token"));
  chat_template = config.chat_template;
  if (!config.add_bos_token) return {};
  prefix_ids.clear();
  if (!*config.add_bos_token) return {};
  if (!bos_id) {
    return fail(ErrorCode::kInvalidInput,
                place + "add_bos_token is true, but there is no bos_token");
  }
  prefix_ids.push_back(*bos_id);
  return {};
}

/// False: a limit ended it.
bool Tokenizer::Impl::encode_valid(std::string_view text,
                                   SpecialTokens how,
                                   const EncodeLimits& limits,
                                   std::vector<int32_t>& ids) const {
  RegexScratch regex_scratch;
  Bpe::Scratch bpe_scratch;
  const auto goes_on = [&] {
    return ids.size() <= limits.max_tokens && !limits.stop.stop_requested();
  };
  const auto encode_word = [&](std::string_view word) {
    while (word.size() > Bpe::kMaxWordBytes && goes_on()) {
      const size_t part_bytes = character_start(word, Bpe::kMaxWordBytes);
      bpe.encode_word(word.substr(0, part_bytes), bpe_scratch, ids);
      word.remove_prefix(part_bytes);
    }
    if (!goes_on()) return false;
    bpe.encode_word(word, bpe_scratch, ids);
    return goes_on();
  };
  const AddedTokens::Query query = {
      .text = text, .special = how, .scratch = regex_scratch, .stop = limits.stop};
  return added.split(query, [&](std::string_view piece, const AddedToken* token) {
    if (token == nullptr) {
      return pre_tokenizer.split(piece, regex_scratch, encode_word, limits.stop);
    }
    ids.push_back(token->id);
    return goes_on();
  });
}

Tokenizer::Tokenizer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;
Tokenizer::~Tokenizer() = default;

Result<Tokenizer> Tokenizer::load(const std::filesystem::path& model) {
  if (!is_gguf(model)) {
    FIMD_TRY(TokenizerSpec spec, read_tokenizer_json(model));
    return build(std::move(spec));
  }
  FIMD_TRY(const GgufFile file, GgufFile::open(model));
  FIMD_TRY(TokenizerSpec spec, read_gguf_tokenizer(file));
  return build(std::move(spec));
}

Result<Tokenizer> Tokenizer::build(TokenizerSpec spec) {
  auto impl = std::make_unique<Impl>(Impl{.bpe = std::move(spec.bpe),
                                          .added = std::move(spec.added),
                                          .pre_tokenizer = std::move(spec.pre_tokenizer)});
  impl->index_ids();
  impl->prefix_ids = std::move(spec.prefix_ids);
  const auto vocab_size = static_cast<int32_t>(impl->bytes_of_id.size());
  for (const int32_t id : impl->prefix_ids) {
    if (id < vocab_size) continue;
    return fail(ErrorCode::kInvalidInput,
                spec.place + ": post_processor puts id " + std::to_string(id) +
                    " before a text, expected less than " + std::to_string(vocab_size));
  }
  FIMD_TRY_STATUS(impl->apply(spec.config, spec.config_place));
  return Tokenizer(std::move(impl));
}

std::vector<int32_t> Tokenizer::encode(std::string_view text, SpecialTokens special) const {
  return encode(text, special, EncodeLimits()).value();
}

Result<std::vector<int32_t>> Tokenizer::encode(std::string_view text,
                                               SpecialTokens special,
                                               const EncodeLimits& limits) const {
  std::vector<int32_t> ids;
  std::string replaced;
  if (!is_valid_utf8(text)) {
    append_replacing_invalid(text, replaced);
    text = replaced;
  }
  if (impl_->encode_valid(text, special, limits, ids)) return ids;
  if (limits.stop.stop_requested()) {
    return fail(ErrorCode::kCancelled, "the encoding of a text was cancelled");
  }
  return fail(
      ErrorCode::kInvalidInput,
      "the text has more tokens than the " + std::to_string(limits.max_tokens) + " expected");
}

size_t Tokenizer::longest_token_bytes() const {
  return impl_->longest_token_bytes;
}

std::string Tokenizer::decode(std::span<const int32_t> ids) const {
  std::string bytes;
  for (const int32_t id : ids) bytes += token_bytes(id);
  if (is_valid_utf8(bytes)) return bytes;
  std::string text;
  append_replacing_invalid(bytes, text);
  return text;
}

std::string_view Tokenizer::token_bytes(int32_t id) const {
  if (id < 0 || id >= vocab_size()) return {};
  return impl_->bytes_of_id[static_cast<size_t>(id)];
}

bool Tokenizer::is_special(int32_t id) const {
  return id >= 0 && id < vocab_size() && impl_->special[static_cast<size_t>(id)];
}

bool Tokenizer::is_added(int32_t id) const {
  const std::vector<AddedToken>& tokens = impl_->added.all();
  const auto by_id = [](const AddedToken& token, int32_t wanted) { return token.id < wanted; };
  const auto found = std::lower_bound(tokens.begin(), tokens.end(), id, by_id);
  return found != tokens.end() && found->id == id;
}

int32_t Tokenizer::vocab_size() const {
  return static_cast<int32_t>(impl_->bytes_of_id.size());
}

std::optional<int32_t> Tokenizer::find(std::string_view text) const {
  return impl_->find(text);
}

const std::vector<int32_t>& Tokenizer::prefix_ids() const {
  return impl_->prefix_ids;
}

std::optional<int32_t> Tokenizer::bos_id() const {
  return impl_->bos_id;
}

std::optional<int32_t> Tokenizer::eos_id() const {
  return impl_->eos_id;
}

const Result<FimTokens>& Tokenizer::fim_tokens() const {
  return impl_->fim_tokens;
}

const std::string& Tokenizer::chat_template() const {
  return impl_->chat_template;
}

}  // namespace fimd
