#include "engine/tokenizer/pre_tokenizer.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/json/json_fields.h"

namespace fimd {
namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

const json kPlainByteLevel = {
    {"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", false}};

json with_byte_level(const json& split) {
  return {{"type", "Sequence"}, {"pretokenizers", {split, kPlainByteLevel}}};
}

json regex_split(const std::string& pattern,
                 const std::string& behavior = "Isolated",
                 bool invert = false) {
  return {{"type", "Split"},
          {"pattern", {{"Regex", pattern}}},
          {"behavior", behavior},
          {"invert", invert}};
}

void check_words(const json& spec, const std::string& text, const Words& expected) {
  const auto pre_tokenizer = PreTokenizer::parse(JsonObject(spec, "pre_tokenizer"));
  ASSERT_TRUE(pre_tokenizer) << pre_tokenizer.error().message;
  Words words;
  RegexScratch scratch;
  pre_tokenizer->split(text, scratch, [&](std::string_view word) {
    words.emplace_back(word);
    return true;
  });
  EXPECT_EQ(words, expected) << spec << " " << text;
}

void check_behavior(const std::string& behavior, const Words& expected, const Words& inverted) {
  const std::string text = "-ab--c-";
  check_words(with_byte_level(regex_split("-", behavior)), text, expected);
  check_words(with_byte_level(regex_split("-", behavior, true)), text, inverted);
}

void check_error(const json& spec, ErrorCode code, const std::string& message) {
  const auto pre_tokenizer = PreTokenizer::parse(JsonObject(spec, "pre_tokenizer"));
  ASSERT_FALSE(pre_tokenizer) << spec;
  EXPECT_EQ(static_cast<int>(pre_tokenizer.error().code), static_cast<int>(code));
  EXPECT_EQ(pre_tokenizer.error().message, "pre_tokenizer" + message);
}

TEST(PreTokenizer, SplitsByEachBehavior) {
  check_behavior("Isolated", {"-", "ab", "-", "-", "c", "-"}, {"-", "ab", "-", "-", "c", "-"});
  check_behavior("Removed", {"ab", "c"}, {"-", "-", "-", "-"});
  check_behavior("MergedWithPrevious", {"-", "ab-", "-", "c-"}, {"-ab", "-", "-c", "-"});
  check_behavior("MergedWithNext", {"-ab", "-", "-c", "-"}, {"-", "ab-", "-", "c-"});
  check_behavior("Contiguous", {"-", "ab", "--", "c", "-"}, {"-", "ab", "--", "c", "-"});
}

TEST(PreTokenizer, SplitsAtStrings) {
  const json spec = {{"type", "Split"}, {"pattern", {{"String", "(.)"}}}, {"behavior", "Isolated"}};
  check_words(with_byte_level(spec), "a(.)b(x)", {"a", "(.)", "b(x)"});
}

TEST(PreTokenizer, SplitsDigits) {
  const auto digits = [](bool individual) {
    return with_byte_level({{"type", "Digits"}, {"individual_digits", individual}});
  };
  check_words(digits(true), "a12\xD9\xA3", {"a", "1", "2", "\xD9\xA3"});
  check_words(digits(false), "a12\xD9\xA3 4", {"a", "12\xD9\xA3", " ", "4"});
}

TEST(PreTokenizer, SplitsAsGpt2Did) {
  check_words({{"type", "ByteLevel"}}, "I'll go  on 12", {" I", "'ll", " go", " ", " on", " 12"});
  check_words({{"type", "ByteLevel"}, {"use_regex", false}}, "a", {" a"});
  check_words({{"type", "ByteLevel"}, {"use_regex", false}}, " a", {" a"});
}

TEST(PreTokenizer, TakesEmptyMatchesAsCuts) {
  check_words(with_byte_level(regex_split("x*")), "axb", {"a", "x", "b"});
  check_words(with_byte_level(regex_split("(?=b)")), "abab", {"a", "ba", "b"});
}

// ^ and $ stand at every line; (?m) lets the dot match newlines.
TEST(PreTokenizer, ReadsPatternsAsRuby) {
  check_words(
      with_byte_level(regex_split("^a|a$")), "ab\naa\na", {"a", "b\n", "a", "a", "\n", "a"});
  check_words(with_byte_level(regex_split(".+")), "a\nb", {"a", "\n", "b"});
  check_words(with_byte_level(regex_split("(?m:.+)")), "a\nb", {"a\nb"});
  check_words(with_byte_level(regex_split(R"(\h+)")), "xfFz9", {"x", "fF", "z", "9"});
  check_words(with_byte_level(regex_split(R"(a{,2}b)")), "aaab", {"a", "aab"});
  check_words(with_byte_level(regex_split(R"(\u0062|\x63|\x{64})")), "abcd", {"a", "b", "c", "d"});
  check_words(with_byte_level(regex_split(R"([\w-]+)")), "a-b c", {"a-b", " ", "c"});
  check_words(with_byte_level(regex_split(R"((?#note)b)")), "abc", {"a", "b", "c"});
}

TEST(PreTokenizer, KnowsWhichCharactersAreWhiteSpace) {
  check_words(with_byte_level(regex_split(R"(\s+)")),
              "a\xC2\x85\xE2\x80\xA8\xE3\x80\x80z\xE1\xA0\x8Ez",
              {"a", "\xC2\x85\xE2\x80\xA8\xE3\x80\x80", "z\xE1\xA0\x8Ez"});
}

TEST(PreTokenizer, FindsTrailingWhiteSpaceOfEachLine) {
  check_words(with_byte_level(regex_split(R"(\s+$)")),
              "  a  \n \nb  c \n",
              {"  a", "  \n ", "\nb  c", " \n"});
}

TEST(PreTokenizer, RefusesPatternsThatItCannotTranslate) {
  const auto check_refused = [](const std::string& pattern, const std::string& construct) {
    check_error(with_byte_level(regex_split(pattern)),
                ErrorCode::kUnsupported,
                ".pretokenizers[0].pattern: pattern " + json(pattern).dump() + " uses " +
                    json(construct).dump() + ", which is not supported");
  };
  check_refused("[a-z&&[aeiou]]", "&& in a set");
  check_refused("[a[bc]]", "a set in a set");
  check_refused(R"([\W])", R"(\W in a set)");
  check_refused(R"((a)\1)", R"(\1)");
  check_refused(R"(\g<x>)", R"(\g)");
  check_refused(R"(\xE3)", R"(\x)");
  check_refused("(?<n>a)", "(?<");
  check_refused("a(?i)b|c", "(?i)");
  check_refused("a{2,3}+", "{2,3}+");
  check_refused("(*LIMIT_MATCH=1)a", "(*");
  check_refused(R"([[:punct:]])", "[:punct:]");
  check_refused(R"([a-\d])", R"(-\d)");
}

TEST(PreTokenizer, ReportsPatternsThatAreNone) {
  const auto check_bad = [](const std::string& pattern) {
    const auto result = PreTokenizer::parse(JsonObject(with_byte_level(regex_split(pattern)), "x"));
    EXPECT_FALSE(result) << pattern;
  };
  for (const char* pattern : {"(",
                              ")",
                              "[",
                              "[a",
                              "\\",
                              "[\\",
                              "*",
                              "a**",
                              R"(\p{)",
                              R"(\p{Qq})",
                              R"(\x{110000})",
                              R"(\x{)",
                              "(?",
                              "(?#",
                              R"(\u12)",
                              "(?<=a*)b",
                              "(((a{1000}){1000}){1000})"}) {
    check_bad(pattern);
  }
  check_bad(std::string(10000, '(') + std::string(10000, ')'));
  check_bad(std::string(100000, 'a'));
  check_error(with_byte_level(regex_split("(")),
              ErrorCode::kInvalidInput,
              ".pretokenizers[0].pattern: pattern \"(\" is not a regular expression: missing "
              "closing parenthesis");
}

// Each would run for ages without the budget of steps; the test's time limit is the assertion.
TEST(PreTokenizer, GivesUpOnRunawayPatterns) {
  const std::string text(5000, 'a');
  for (const char* pattern : {"(a+)+$b", "(a|aa)+\\z(?<=b)", "(?=a*a*a*b)x|q", "(?=a*a*a*b)|q"}) {
    const auto pre_tokenizer =
        PreTokenizer::parse(JsonObject(with_byte_level(regex_split(pattern)), "x"));
    ASSERT_TRUE(pre_tokenizer) << pre_tokenizer.error().message;
    std::string joined;
    RegexScratch scratch;
    pre_tokenizer->split(text, scratch, [&](std::string_view word) {
      joined += word;
      return true;
    });
    EXPECT_EQ(joined, text) << pattern;
  }
}

TEST(PreTokenizer, BacktracksOnTheHeap) {
  const std::string text(3000000, 'q');
  check_words(with_byte_level(regex_split("(?:q|r)*x|(?:q|r)*")),
              text.substr(0, 3000),
              {text.substr(0, 3000)});
  const auto pre_tokenizer =
      PreTokenizer::parse(JsonObject(with_byte_level(regex_split("(?:(q)|r)*x")), "x"));
  ASSERT_TRUE(pre_tokenizer);
  RegexScratch scratch;
  pre_tokenizer->split(text, scratch, [&](std::string_view word) {
    EXPECT_EQ(word, text);
    return true;
  });
}

TEST(PreTokenizer, ReportsMalformedLists) {
  check_error(json::array(), ErrorCode::kInvalidInput, ".type is missing, expected a string");
  check_error({{"type", "Whitespace"}},
              ErrorCode::kUnsupported,
              ".type is \"Whitespace\", expected Sequence, Split, Digits or ByteLevel");
  check_error({{"type", "Sequence"}, {"pretokenizers", 3}},
              ErrorCode::kInvalidInput,
              ".pretokenizers is 3, expected an array");
  check_error(with_byte_level(regex_split("a", "Sideways")),
              ErrorCode::kUnsupported,
              ".pretokenizers[0].behavior is \"Sideways\", expected Isolated, Removed, "
              "MergedWithPrevious, MergedWithNext or Contiguous");
  json behind = with_byte_level(regex_split("a"));
  behind["pretokenizers"].push_back({{"type", "Digits"}});
  check_error(behind, ErrorCode::kUnsupported, ".pretokenizers[2] is \"Digits\" behind ByteLevel");
  json many = {{"type", "Sequence"}, {"pretokenizers", json::array()}};
  for (int count = 0; count < 65; ++count) many["pretokenizers"].push_back(regex_split("a"));
  check_error(
      many, ErrorCode::kUnsupported, ".pretokenizers[64]: expected at most 64 pre-tokenizers");
}

// Windows are an implementation's; what is cut is the same, wherever their ends fall.
TEST(PreTokenizer, SplitsLongTextsAsShortOnes) {
  const auto pre_tokenizer =
      PreTokenizer::parse(JsonObject(with_byte_level(regex_split(R"(\s+(?!\S)|\s?\p{L}+)")), "x"));
  ASSERT_TRUE(pre_tokenizer) << pre_tokenizer.error().message;
  const std::string unit = "caf\u00E9  au   lait\n\n.";
  std::vector<std::string> words;
  RegexScratch scratch;
  const auto collect = [&](std::string_view word) {
    words.emplace_back(word);
    return true;
  };
  pre_tokenizer->split(unit, scratch, collect);
  const std::vector<std::string> of_unit = words;
  std::string text;
  while (text.size() < 2 * PreTokenizer::kWindowBytes + 1000) text += unit;
  words.clear();
  pre_tokenizer->split(text, scratch, collect);
  ASSERT_EQ(words.size(), text.size() / unit.size() * of_unit.size());
  for (size_t i = 0; i < words.size(); ++i) ASSERT_EQ(words[i], of_unit[i % of_unit.size()]) << i;
}

TEST(PreTokenizer, IsStoppedWithinAWordOfManyMegabytes) {
  const auto pre_tokenizer =
      PreTokenizer::parse(JsonObject(with_byte_level(regex_split(R"(\S+)")), "x"));
  ASSERT_TRUE(pre_tokenizer) << pre_tokenizer.error().message;
  const std::string text(4 * PreTokenizer::kWindowBytes, 'x');
  RegexScratch scratch;
  std::stop_source stop;
  int words = 0;
  const auto stop_at_once = [&](std::string_view word) {
    EXPECT_LE(word.size(), PreTokenizer::kWindowBytes);
    ++words;
    stop.request_stop();
    return true;
  };
  EXPECT_FALSE(pre_tokenizer->split(text, scratch, stop_at_once, stop.get_token()));
  EXPECT_EQ(words, 1);
}

TEST(PreTokenizer, EndsWhereTheSinkSaysSo) {
  const auto pre_tokenizer =
      PreTokenizer::parse(JsonObject(with_byte_level(regex_split(" ")), "x"));
  ASSERT_TRUE(pre_tokenizer) << pre_tokenizer.error().message;
  RegexScratch scratch;
  std::vector<std::string> words;
  const auto two = [&](std::string_view word) {
    words.emplace_back(word);
    return words.size() < 2;
  };
  EXPECT_FALSE(pre_tokenizer->split("a b c d", scratch, two));
  EXPECT_EQ(words, (std::vector<std::string>{"a", " "}));
}

}  // namespace
}  // namespace fimd
