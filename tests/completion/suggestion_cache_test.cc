#include "completion/suggestion_cache.h"

#include <gtest/gtest.h>

namespace fimd {
namespace {

using enum SuggestionCache::Extent;

constexpr std::string_view kUri = "file:///a.py";

/// A text with "^" where the cursor stands.
struct Typed {
  explicit Typed(std::string_view annotated)
      : text(annotated.substr(0, annotated.find('^'))), cursor{text.size()} {
    text += annotated.substr(cursor.value + 1);
  }

  std::string text;
  ByteOffset cursor;
};

/// The rest and how many bytes to the right it replaces: "append(x)|1". Empty: nothing found.
std::string found_in(const SuggestionCache& cache,
                     std::string_view annotated,
                     SuggestionCache::Extent least = kCut) {
  const Typed typed(annotated);
  const auto rest = cache.find(kUri, typed.text, typed.cursor, least);
  if (!rest) return "";
  return rest->text + "|" + std::to_string(rest->end.value - typed.cursor.value);
}

void store(SuggestionCache& cache,
           std::string_view annotated,
           const std::string& text,
           size_t covered = 0) {
  const Typed typed(annotated);
  cache.store(kUri,
              typed.text,
              typed.cursor,
              {.text = text, .end = {typed.cursor.value + covered}},
              kWhole);
}

struct Case {
  const char* what;
  const char* now;
  const char* expected;
};

TEST(SuggestionCache, FollowsTheTyping) {
  SuggestionCache cache;
  store(cache, "x = 1\nself.it^\nend\n", "ems.append(item)");
  const Case cases[] = {
      {"nothing typed", "x = 1\nself.it^\nend\n", "ems.append(item)|0"},
      {"typed along", "x = 1\nself.items.^\nend\n", "append(item)|0"},
      {"deleted again", "x = 1\nself.ite^\nend\n", "ms.append(item)|0"},
      {"deleted too much", "x = 1\nself.i^\nend\n", ""},
      {"typed something else", "x = 1\nself.itz^\nend\n", ""},
      {"typed all of it", "x = 1\nself.items.append(item)^\nend\n", ""},
      {"the text before has changed", "x = 2\nself.ite^\nend\n", ""},
      {"the text after has changed", "x = 1\nself.ite^\nand\n", ""},
      {"the cursor went elsewhere", "x = ^1\nself.it\nend\n", ""},
      {"a closer was typed ahead", "x = 1\nself.items.append(^)\nend\n", "item)|1"},
      {"something else was typed ahead", "x = 1\nself.items.append(^x\nend\n", ""},
  };
  for (const Case& c : cases) EXPECT_EQ(found_in(cache, c.now), c.expected) << c.what;
}

TEST(SuggestionCache, KeepsWhatTheSuggestionReplaces) {
  SuggestionCache cache;
  store(cache, "print(^)\n", "\"a\")", 1);
  EXPECT_EQ(found_in(cache, "print(^)\n"), "\"a\")|1");
  EXPECT_EQ(found_in(cache, "print(\"^)\n"), "a\")|1");
  EXPECT_EQ(found_in(cache, "print(\"^\")\n"), "a\")|2") << "a quote was typed ahead";
  EXPECT_EQ(found_in(cache, "print(\"a\")^\n"), "") << "typed over";
}

TEST(SuggestionCache, SeesWhatWasTypedAheadAtTheEndOfAFile) {
  SuggestionCache cache;
  store(cache, "q = Queue()\nq.push^", "(item)");
  EXPECT_EQ(found_in(cache, "q = Queue()\nq.push(^)"), "item)|1");
  EXPECT_EQ(found_in(cache, "q = Queue()\nq.push(^"), "item)|0");
  EXPECT_EQ(found_in(cache, "q = Queue()\nq.push(^\n"), "") << "the text after has changed";
  store(cache, "f({^", "\"a\": [1]})");
  EXPECT_EQ(found_in(cache, "f({\"a\": [^]"), "1]})|1");
  EXPECT_EQ(found_in(cache, "f({\"a^\""), "\": [1]})|1");
}

TEST(SuggestionCache, DoesNotOfferClosersAlone) {
  SuggestionCache cache;
  store(cache, "x = 1\nprint^\n", "(x)\n)");
  EXPECT_EQ(found_in(cache, "x = 1\nprint(x^\n"), "");
  EXPECT_EQ(found_in(cache, "x = 1\nprint(^\n"), "x)\n)|0");
}

TEST(SuggestionCache, ReadsTheEditorsLineEnds) {
  SuggestionCache cache;
  store(cache, "if x:^\r\n", "\n    a()\n    b()");
  EXPECT_EQ(found_in(cache, "if x:\r\n    a()^\r\n"), "\n    b()|0");
  EXPECT_EQ(found_in(cache, "if x:\n    a()^\r\n"), "\n    b()|0");
}

TEST(SuggestionCache, PrefersTheNewest) {
  SuggestionCache cache;
  store(cache, "a^", "bcd");
  store(cache, "a^", "bxy");
  EXPECT_EQ(found_in(cache, "ab^"), "xy|0");
  EXPECT_EQ(found_in(cache, "abc^"), "d|0") << "the older one still counts";
}

TEST(SuggestionCache, KeepsDocumentsApart) {
  SuggestionCache cache;
  store(cache, "a^", "b");
  EXPECT_FALSE(cache.find("file:///b.py", "a", {1}, kCut));
}

TEST(SuggestionCache, ForgetsTheOldest) {
  SuggestionCache cache;
  store(cache, "first^", "a");
  for (int i = 0; i < 100; ++i) store(cache, std::to_string(i) + "^", "b");
  EXPECT_EQ(found_in(cache, "first^"), "");
}

}  // namespace
}  // namespace fimd
