#include "engine/tokenizer/vocabulary_index.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>
#include <string>

#include "tests/engine/tokenizer/tokenizer_files.h"
#include "tests/support/golden.h"

namespace fimd {
namespace {

using Ids = std::vector<int32_t>;

Ids ids_of(std::span<const int32_t> found) {
  return {found.begin(), found.end()};
}

/// As the index should answer, by looking at every token.
template <typename Matches>
Ids look_at_all(const Tokenizer& tokenizer, const Matches& matches) {
  Ids ids;
  for (int32_t id = 0; id < tokenizer.vocab_size(); ++id) {
    const std::string_view bytes = tokenizer.token_bytes(id);
    if (tokenizer.is_special(id) || tokenizer.is_added(id) || bytes.empty()) continue;
    if (matches(bytes)) ids.push_back(id);
  }
  std::stable_sort(ids.begin(), ids.end(), [&](int32_t a, int32_t b) {
    return tokenizer.token_bytes(a) < tokenizer.token_bytes(b);
  });
  return ids;
}

// Every beginning of every 7th token, each of them also with a byte that hardly ever follows.
TEST(VocabularyIndex, AnswersAsALookAtEveryTokenDoes) {
  const auto tokenizer = Tokenizer::load(demo_model());
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  const VocabularyIndex index(*tokenizer, {});
  std::set<std::string> queries = {"", std::string(1, '\0'), "\xFF", "\xFF\xFF"};
  for (int32_t id = 0; id < tokenizer->vocab_size(); id += 7) {
    const std::string bytes(tokenizer->token_bytes(id));
    for (size_t size = 1; size <= bytes.size(); ++size) {
      queries.insert(bytes.substr(0, size));
      queries.insert(bytes.substr(0, size) + "\xC3");
    }
  }
  for (const std::string& query : queries) {
    const auto begins = [&](std::string_view bytes) { return bytes.starts_with(query); };
    const auto equals = [&](std::string_view bytes) { return bytes == query; };
    ASSERT_EQ(ids_of(index.beginning_with(query)), look_at_all(*tokenizer, begins)) << query;
    ASSERT_EQ(ids_of(index.spelling(query)), look_at_all(*tokenizer, equals)) << query;
  }
}

TEST(VocabularyIndex, LeavesOutAddedAndExcludedTokens) {
  const auto tokenizer =
      load_patched(R"([{"op": "add", "path": "/added_tokens/-", "value": {"id": 6,
                        "content": "abacus", "special": false}}])");
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  const VocabularyIndex all(*tokenizer, {});
  EXPECT_EQ(ids_of(all.beginning_with("")), (Ids{2, 0, 3, 4, 1}));
  EXPECT_EQ(ids_of(all.beginning_with("ab")), (Ids{3, 4}));
  EXPECT_EQ(ids_of(all.spelling("ab")), (Ids{3}));
  EXPECT_TRUE(all.spelling("<s>").empty());
  EXPECT_TRUE(all.spelling("abacus").empty());
  const Ids excluded = {3, 99, -1};
  const VocabularyIndex some(*tokenizer, excluded);
  EXPECT_EQ(ids_of(some.beginning_with("a")), (Ids{0, 4}));
}

}  // namespace
}  // namespace fimd
