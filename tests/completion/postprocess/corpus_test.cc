#include "tests/completion/postprocess/corpus.h"

#include <gtest/gtest.h>
#include <set>

#include "completion/postprocess/decode_watch.h"
#include "completion/postprocess/postprocess.h"
#include "completion/syntax/brackets.h"
#include "completion/syntax/syntax_errors.h"
#include "completion/syntax/text_lines.h"

namespace fimd {
namespace {

using Tree = CorpusSite::Tree;

const std::vector<CorpusCase>& corpus() {
  static const std::vector<CorpusCase> kCases = load_corpus();
  return kCases;
}

std::string label(const CorpusCase& test) {
  return test.file + ": " + test.name;
}

// The text and how much it replaces, for comparing and printing.
std::string shown(const std::optional<Completion>& suggestion, const Site& site) {
  if (!suggestion) return "nothing";
  return std::to_string(suggestion->end.value - site.hole_end.value) + "|" + suggestion->text;
}

std::string expected(const CorpusCase& test) {
  return test.text ? std::to_string(test.num_replaced) + "|" + *test.text : "nothing";
}

// The file if the suggestion is taken.
std::string accepted(const Site& site, const Completion& suggestion) {
  const std::string text(site.view.text);
  return text.substr(0, site.cursor.value) + suggestion.text + text.substr(suggestion.end.value);
}

TEST(Corpus, IsLargeAndOfManyLanguages) {
  std::set<std::string> languages;
  std::set<std::string> names;
  for (const CorpusCase& test : corpus()) {
    languages.insert(test.language);
    EXPECT_TRUE(names.insert(label(test)).second) << label(test) << " is there twice";
  }
  EXPECT_GE(corpus().size(), 120U);
  EXPECT_GE(languages.size(), 15U);
}

TEST(Corpus, IsShownAsExpected) {
  for (const CorpusCase& test : corpus()) {
    const CorpusSite place(test, Tree::kWith);
    EXPECT_EQ(shown(postprocess(place.site(), test.raw), place.site()), expected(test))
        << label(test);
  }
}

// Editors hold files with CRLF; models and suggestions have LF.
TEST(Corpus, IsShownAlikeInFilesWithCrlf) {
  for (CorpusCase test : corpus()) {
    test.before = with_crlf(test.before);
    test.hole = with_crlf(test.hole);
    test.after = with_crlf(test.after);
    const CorpusSite place(test, Tree::kWith);
    EXPECT_EQ(shown(postprocess(place.site(), test.raw), place.site()), expected(test))
        << label(test);
    EXPECT_EQ(shown(postprocess(place.site(), with_crlf(test.raw)), place.site()), expected(test))
        << label(test) << " from a model that writes CRLF";
  }
}

TEST(Corpus, IsShownAlikeAfterCharactersOfSeveralBytes) {
  for (CorpusCase test : corpus()) {
    if (test.language == "json") continue;  // has no comments
    const Language& language = detect_language("", test.language);
    const std::string_view opener =
        language.line_comments.substr(0, language.line_comments.find(' '));
    const std::string comment = "\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80";
    const std::string line = opener.empty() ? std::string(language.block_comment_open) + comment +
                                                  std::string(language.block_comment_close)
                                            : std::string(opener) + comment;
    if (test.language == "php" || test.before.starts_with("#!")) continue;  // code comes later
    test.before = line + "\n" + test.before;
    const CorpusSite place(test, Tree::kWith);
    EXPECT_EQ(shown(postprocess(place.site(), test.raw), place.site()), expected(test))
        << label(test);
  }
}

TEST(Corpus, StaysAsItIsTheSecondTime) {
  for (const CorpusCase& test : corpus()) {
    for (const Tree tree : {Tree::kWith, Tree::kWithout}) {
      const CorpusSite place(test, tree);
      const auto once = postprocess(place.site(), test.raw);
      if (!once) continue;
      EXPECT_EQ(shown(postprocess(place.site(), once->text), place.site()),
                shown(once, place.site()))
          << label(test);
    }
  }
}

// Decodes byte by byte: what is cut off early must not be missed.
TEST(Corpus, IsTheSameWhenDecodingStopsEarly) {
  for (const CorpusCase& test : corpus()) {
    const CorpusSite place(test, Tree::kWith);
    SiteBrackets brackets(place.site());
    const DecodeWatch watch(brackets);
    std::optional<size_t> answer;
    for (size_t num_bytes = 0; num_bytes <= test.raw.size(); ++num_bytes) {
      const auto now = watch.end_of(test.raw.substr(0, num_bytes));
      if (answer) {
        EXPECT_EQ(now, answer) << label(test) << ": changed its answer at byte " << num_bytes;
      }
      if (now) {
        EXPECT_LE(*now, num_bytes) << label(test);
      }
      answer = now;
    }
    const std::string kept = test.raw.substr(0, answer.value_or(test.raw.size()));
    EXPECT_EQ(shown(postprocess(place.site(), kept), place.site()),
              shown(postprocess(place.site(), test.raw), place.site()))
        << label(test);
  }
}

// A word, a blank or a character of punctuation each.
std::vector<std::string_view> tokens_of(std::string_view text) {
  std::vector<std::string_view> tokens;
  while (!text.empty()) {
    size_t size_bytes = 1;
    while (size_bytes < text.size() && is_word_character(text[0]) &&
           is_word_character(text[size_bytes])) {
      ++size_bytes;
    }
    tokens.push_back(text.substr(0, size_bytes));
    text.remove_prefix(size_bytes);
  }
  return tokens;
}

// Pieces of several lines.
std::vector<std::string_view> halves_of(std::string_view text) {
  const size_t half = text.size() / 2;
  return {text.substr(0, half), text.substr(half)};
}

std::vector<std::string_view> bytes_of(std::string_view text) {
  std::vector<std::string_view> bytes;
  for (size_t i = 0; i < text.size(); ++i) bytes.push_back(text.substr(i, 1));
  return bytes;
}

std::optional<size_t> answer_to(DecodeWatch watch, const std::vector<std::string_view>& pieces) {
  for (const std::string_view piece : pieces) {
    if (const auto end = watch.push(piece)) return end;
  }
  return std::nullopt;
}

TEST(Corpus, EndsAtTheSameByteHoweverItIsDecoded) {
  for (const CorpusCase& test : corpus()) {
    for (const Tree tree : {Tree::kWith, Tree::kWithout}) {
      const CorpusSite place(test, tree);
      SiteBrackets brackets(place.site());
      const DecodeWatch watch(brackets);
      for (const std::string& raw : {test.raw, with_crlf(test.raw), test.raw + test.after}) {
        const auto whole = watch.end_of(raw);
        EXPECT_EQ(answer_to(watch, tokens_of(raw)), whole) << label(test) << ", by tokens";
        EXPECT_EQ(answer_to(watch, bytes_of(raw)), whole) << label(test) << ", by bytes";
        EXPECT_EQ(answer_to(watch, halves_of(raw)), whole) << label(test) << ", by halves";
      }
    }
  }
}

TEST(Corpus, NeverDuplicatesACloser) {
  for (const CorpusCase& test : corpus()) {
    for (const Tree tree : {Tree::kWith, Tree::kWithout}) {
      const CorpusSite place(test, tree);
      const Site& site = place.site();
      const auto suggestion = postprocess(site, test.raw);
      if (!suggestion) continue;
      const auto before = scan_brackets(site.view.language, site.view.text);
      const auto after = scan_brackets(site.view.language, accepted(site, *suggestion));
      EXPECT_LE(after.outer_closers.size(), before.outer_closers.size()) << label(test);
    }
  }
}

TEST(Corpus, LeavesFilesThatParseParsing) {
  size_t num_parsing = 0;
  for (const CorpusCase& test : corpus()) {
    const CorpusSite place(test, Tree::kWith);
    const Site& site = place.site();
    const ByteRange whole = {{0}, {site.view.text.size()}};
    if (site.view.tree == nullptr || count_syntax_errors(site.view, whole) > 0) continue;
    const auto suggestion = postprocess(site, test.raw);
    if (!suggestion) continue;
    ++num_parsing;
    const std::string text = accepted(site, *suggestion);
    const SyntaxView edited = {.text = text,
                               .language = site.view.language,
                               .tree = parse_once(site.view.language, text, {})};
    EXPECT_EQ(count_syntax_errors(edited, {{0}, {text.size()}}), 0) << label(test);
  }
  EXPECT_GT(num_parsing, corpus().size() / 3) << "too few cases say anything";
}

TEST(Corpus, ReplacesOnlyWhatItContains) {
  for (const CorpusCase& test : corpus()) {
    const CorpusSite place(test, Tree::kWithout);
    const Site& site = place.site();
    const auto suggestion = postprocess(site, test.raw);
    if (!suggestion) continue;
    ASSERT_GE(suggestion->end.value, site.hole_end.value) << label(test);
    std::string_view replaced =
        site.view.text.substr(site.hole_end.value, suggestion->end.value - site.hole_end.value);
    EXPECT_EQ(replaced.find('\n'), std::string_view::npos) << label(test);
    for (const char c : suggestion->text) {
      if (!replaced.empty() && replaced.front() == c) replaced.remove_prefix(1);
    }
    EXPECT_TRUE(replaced.empty()) << label(test) << ": an editor would not show it";
  }
}

}  // namespace
}  // namespace fimd
