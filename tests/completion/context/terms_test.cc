#include "completion/context/terms.h"

#include <gtest/gtest.h>
#include <string>

namespace fimd {
namespace {

// The terms, a blank after each, "=" before those that are whole identifiers.
void check_terms(std::string_view text, const std::string& expected) {
  std::string terms;
  visit_terms(text, [&](const Term& term) {
    terms += (term.is_whole ? "=" : "") + std::string(term.spelling) + " ";
  });
  EXPECT_EQ(terms, expected) << text;
}

uint32_t hash_of_first(std::string_view text) {
  uint32_t hash = 0;
  visit_terms(text, [&](const Term& term) { hash = hash == 0 ? term.hash : hash; });
  return hash;
}

TEST(Terms, AreIdentifiersAndTheirParts) {
  check_terms("max_bytes", "max bytes =max_bytes ");
  check_terms("parseHTTPHeader2(x)", "parse HTTP Header =parseHTTPHeader2 ");
  check_terms("HTTP", "HTTP ");
  check_terms("Plain word", "Plain word ");
  check_terms("_private __init__", "private init ");
  check_terms("$jQuery", "Query =$jQuery ");
  check_terms("a + b1 * 0xFFul 12", "");
  check_terms("sha256", "sha ");
  check_terms("\xC3\xA4pfel.kern", "\xC3\xA4pfel kern ");
  check_terms("", "");
}

TEST(Terms, IgnoreCase) {
  EXPECT_EQ(hash_of_first("Header"), hash_of_first("HEADER"));
  EXPECT_NE(hash_of_first("Header"), hash_of_first("Headers"));
}

TEST(Terms, PassOverData) {
  check_terms(std::string(kMaxWordBytes + 1, 'a'), "");
  check_terms(std::string(kMaxWordBytes, 'a'), std::string(kMaxWordBytes, 'a') + " ");
}

TEST(Terms, KnowWhatEveryProgramSays) {
  for (const char* word : {"if", "Return", "SELF", "the", "value", "while"}) {
    EXPECT_TRUE(is_common_term(word)) << word;
  }
  for (const char* word : {"invoice", "tokenizer", "parse_header", "wh", ""}) {
    EXPECT_FALSE(is_common_term(word)) << word;
  }
}

}  // namespace
}  // namespace fimd
