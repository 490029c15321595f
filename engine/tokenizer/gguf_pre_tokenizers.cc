#include "engine/tokenizer/gguf_pre_tokenizers.h"

#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/json/json_fields.h"
#include "engine/json/json_file.h"

namespace fimd {
namespace {

using nlohmann::json;

// The letters of the scripts that have cases, as DeepSeek lists them.
constexpr const char* kCasedLetters =
    R"(\s?[A-Za-z\x{B5}\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{1BA}\x{1BC}-\x{1BF}\x{1C4}-\)"
    R"(x{293}\x{295}-\x{2AF}\x{370}-\x{373}\x{376}\x{377}\x{37B}-\x{37D}\x{37F}\x{386}\)"
    R"(x{388}-\x{38A}\x{38C}\x{38E}-\x{3A1}\x{3A3}-\x{3F5}\x{3F7}-\x{481}\x{48A}-)"
    R"(\x{52F}\x{531}-\x{556}\x{10A0}-\x{10C5}\x{13A0}-\x{13F5}\x{13F8}-\x{13FD})"
    R"(\x{1C90}-\x{1CBA}\x{1CBD}-\x{1CBF}\x{1D00}-\x{1D2B}\x{1D6B}-\x{1D77}\x{1D79}-)"
    R"(\x{1D9A}\x{1E00}-\x{1F15}\x{1F18}-\x{1F1D}\x{1F20}-\x{1F45}\x{1F48}-\x{1F4D})"
    R"(\x{1F50}-\x{1F57}\x{1F59}\x{1F5B}\x{1F5D}\x{1F5F}-\x{1F7D}\x{1F80}-\x{1FB4})"
    R"(\x{1FB6}-\x{1FBC}\x{1FBE}\x{1FC2}-\x{1FC4}\x{1FC6}-\x{1FCC}\x{1FD0}-\x{1FD3})"
    R"(\x{1FD6}-\x{1FDB}\x{1FE0}-\x{1FEC}\x{1FF2}-\x{1FF4}\x{1FF6}-\x{1FFC}\x{2102})"
    R"(\x{2107}\x{210A}-\x{2113}\x{2115}\x{2119}-\x{211D}\x{2124}\x{2126}\x{2128})"
    R"(\x{212A}-\x{212D}\x{212F}-\x{2134}\x{2139}\x{213C}-\x{213F}\x{2145}-\x{2149})"
    R"(\x{214E}\x{2183}\x{2184}\x{2C00}-\x{2C7B}\x{2C7E}-\x{2CE4}\x{2CEB}-\x{2CEE})"
    R"(\x{2CF2}\x{2CF3}\x{A640}-\x{A66D}\x{A680}-\x{A69B}\x{A722}-\x{A76F}\x{A771}-)"
    R"(\x{A787}\x{A78B}-\x{A78E}\x{AB70}-\x{ABBF}\x{FB00}-\x{FB06}\x{FB13}-\x{FB17})"
    R"(\x{FF21}-\x{FF3A}\x{FF41}-\x{FF5A}\x{10400}-\x{1044F}\x{104B0}-\x{104D3})"
    R"(\x{104D8}-\x{104FB}\x{10C80}-\x{10CB2}\x{10CC0}-\x{10CF2}\x{118A0}-\x{118DF})"
    R"(\x{1E900}-\x{1E943}]+)";
constexpr const char* kAsciiAndFullWidth =
    R"(\s?[!-/:-~\x{FF01}-\x{FF0F}\x{FF1A}-\x{FF5E}\x{2018}-\x{201F}\x{3000}-\x{3002}]+)";
constexpr const char* kHanAndHangul = R"([\x{4E00}-\x{9FA5}\x{800}-\x{4E00}\x{AC00}-\x{D7FF}]+)";
constexpr const char* kQwen2 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* kLlama3 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* kDeepSeekV3 =
    R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+)"
    R"(| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

/// A list of splits, as tokenizer.json would have it.
struct PreTokenizerRow {
  std::string_view name;
  std::array<const char*, 5> patterns;  ///< null: none any more
  bool splits_digits;                   ///< each is a word
  bool is_gpt2;                         ///< then GPT-2's own pattern
};

constexpr std::array kRows = {
    PreTokenizerRow{"deepseek-llm",
                    {R"([\r\n])", kCasedLetters, kAsciiAndFullWidth, R"(\s+$)", kHanAndHangul},
                    true,
                    false},
    PreTokenizerRow{"deepseek-coder",
                    {R"([\r\n])", R"(\s?\p{L}+)", R"(\s?\p{P}+)", kHanAndHangul},
                    true,
                    false},
    PreTokenizerRow{
        "deepseek-v3",
        {R"(\p{N}{1,3})", R"([\x{4E00}-\x{9FA5}\x{3040}-\x{309F}\x{30A0}-\x{30FF}]+)", kDeepSeekV3},
        false,
        false},
    PreTokenizerRow{"qwen2", {kQwen2}, false, false},
    PreTokenizerRow{"llama-bpe", {kLlama3}, false, false},
    PreTokenizerRow{"smollm", {}, true, true},
    PreTokenizerRow{"starcoder", {}, true, true},
    PreTokenizerRow{"default", {R"([\p{P}$+<=>^~|]+)", nullptr}, false, true},
};

json splits_of(const PreTokenizerRow& row) {
  json list = json::array();
  for (const char* pattern : row.patterns) {
    if (pattern == nullptr) break;
    list.push_back(
        {{"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Isolated"}});
  }
  if (row.splits_digits) list.push_back({{"type", "Digits"}, {"individual_digits", true}});
  list.push_back({{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", row.is_gpt2}});
  return {{"type", "Sequence"}, {"pretokenizers", std::move(list)}};
}

}  // namespace

Result<PreTokenizer> gguf_pre_tokenizer(std::string_view name, const std::string& place) {
  std::string expected;
  for (const PreTokenizerRow& row : kRows) {
    if (row.name == name) return PreTokenizer::parse(JsonObject(splits_of(row), place));
    expected.append(expected.empty() ? "" : ", ").append(row.name);
  }
  return fail(ErrorCode::kUnsupported,
              place + " is " + quote(name) + ", expected one of " + expected);
}

}  // namespace fimd
