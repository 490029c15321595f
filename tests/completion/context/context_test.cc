// Counts in the vocabulary of tests/support/fake_generator.h: "a b\n" is three tokens.
#include "completion/context/context.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "completion/context/rank.h"
#include "tests/support/fake_counter.h"

namespace fimd {
namespace {

struct Case {
  std::string path = "app/main.py";
  std::string language = "python";
  std::string text;  ///< '^' is the cursor, '|' where the prefix window begins (or 0)
  std::vector<Neighbour> neighbours = {};
  int64_t budget_tokens = 10'000;
};

Neighbour neighbour(const std::string& path, std::string text) {
  return {.path = path,
          .language = &detect_language(path, ""),
          .text = std::make_shared<const std::string>(std::move(text))};
}

std::string context_of(const Case& value, FakeCounter& counter) {
  std::string text = value.text;
  size_t begin = text.find('|');
  if (begin == std::string::npos) {
    begin = 0;
  } else {
    text.erase(begin, 1);
  }
  const size_t cursor = text.find('^');
  text.erase(cursor, 1);
  const Language& language = detect_language("", value.language);
  const std::string_view all = text;
  ContextRequest request = {.site = {.view = {text, language, nullptr}}};
  request.site.view.tree = parse_once(language, text, {});
  request.site.cursor = request.site.hole_end = {cursor};
  request.path = value.path;
  request.window = {all.substr(begin, cursor - begin), all.substr(cursor)};
  request.neighbours = value.neighbours;
  request.budget_tokens = value.budget_tokens;
  const PromptContext context = build_context(request, counter.function()).value();
  EXPECT_LE(counter.num_calls, 1);
  EXPECT_LE(count_fake_tokens(context.text), context.num_tokens);
  EXPECT_LE(context.num_tokens, std::max<int64_t>(value.budget_tokens, 0));
  EXPECT_EQ(context.text, build_context(request, count_fake_pieces)->text);
  return context.text;
}

std::string context_of(const Case& value) {
  FakeCounter counter;
  return context_of(value, counter);
}

const std::string kInvoices =
    "def invoice_total(invoice):\n    return sum(line_price(row) for row in invoice.rows)\n";

const std::string kOwn =
    "import decimal\nfrom shop import (\n    basket,\n)\n\n\nclass Ledger:\n"
    "    def close(self, invoice):\n|        total = invoice_total(invoice)\n"
    "        price = line_price(row)\n        ^\n";

const std::string kOwnHeaders =
    "import decimal\nfrom shop import (\n    basket,\n)\nclass Ledger:\n"
    "    def close(self, invoice):\n# app/main.py\n";

TEST(Context, IsThePathOfAFileAlone) {
  EXPECT_EQ(context_of({.text = "x = 1\n^"}), "# app/main.py\n");
  EXPECT_EQ(context_of({.path = "a.cc", .language = "cpp", .text = "^"}), "// a.cc\n");
  EXPECT_EQ(context_of({.path = "a.css", .language = "css", .text = "^"}), "/* a.css */\n");
  EXPECT_EQ(context_of({.path = "a.html", .language = "html", .text = "^"}), "<!-- a.html -->\n");
  EXPECT_EQ(context_of({.path = "a.lua", .language = "lua", .text = "^"}), "-- a.lua\n");
  EXPECT_EQ(context_of({.path = "notes", .language = "plaintext", .text = "^"}), "# notes\n");
  EXPECT_EQ(context_of({.path = "a\nb.py", .text = "^"}), "# a?b.py\n");
}

TEST(Context, ShowsWhatTheWindowDoesNotReach) {
  EXPECT_EQ(context_of({.text = kOwn}), kOwnHeaders);
  std::string crlf;
  for (const char c : kOwn) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_EQ(context_of({.text = crlf}), kOwnHeaders);
}

TEST(Context, PutsChunksOfOtherFilesFirst) {
  EXPECT_EQ(context_of({.text = kOwn, .neighbours = {neighbour("shop/invoices.py", kInvoices)}}),
            "# shop/invoices.py\n" + kInvoices + kOwnHeaders);
  EXPECT_EQ(context_of({.path = "a.js",
                        .language = "javascript",
                        .text = "invoice_total(line_price(^))",
                        .neighbours = {neighbour("shop/invoices.py", kInvoices)}}),
            "// shop/invoices.py\n" + kInvoices + "// a.js\n");
}

TEST(Context, PutsTheMostUsefulLast) {
  const std::string better = kInvoices + "def close(ledger, decimal):\n    return basket(ledger)\n";
  const std::string context =
      context_of({.text = kOwn,
                  .neighbours = {neighbour("a.py", better),
                                 neighbour("b.py", "invoice_total = line_price\n")}});
  EXPECT_LT(context.find("# b.py"), context.find("# a.py"));
  EXPECT_NE(context.find("# a.py"), std::string::npos);
}

// As the budget shrinks chunks go first, then imports from the last, then outer signatures.
TEST(Context, KeepsWhatIsWorthMost) {
  const Case base = {.text = kOwn, .neighbours = {neighbour("shop/invoices.py", kInvoices)}};
  size_t previous = context_of(base).size();
  for (int64_t budget = 120; budget >= -1; --budget) {
    Case value = base;
    value.budget_tokens = budget;
    const std::string context = context_of(value);
    EXPECT_LE(context.size(), previous) << budget;
    previous = context.size();
    const bool has_own_path = context.ends_with("# app/main.py\n");
    EXPECT_TRUE(context.empty() || has_own_path) << budget;
    const bool has_inner = context.find("def close") != std::string::npos;
    const bool has_outer = context.find("class Ledger") != std::string::npos;
    const bool has_imports = context.find("import decimal") != std::string::npos;
    const bool has_chunk = context.find("invoices.py") != std::string::npos;
    EXPECT_TRUE(has_inner || !has_outer) << budget;
    EXPECT_TRUE(has_outer || !has_imports) << budget;
    EXPECT_TRUE(has_imports || !has_chunk) << budget;
  }
  EXPECT_EQ(previous, 0U);
}

TEST(Context, MasksSecrets) {
  const std::string key = "4eC39HqLyjWDarjtT1zdp7dc";
  const std::string secret = "api_key = \"" + key + "\"\n";
  const std::string context =
      context_of({.text = "import x; " + secret + "|y = invoice_total(line_price(^))\n",
                  .neighbours = {neighbour("a.py", kInvoices + secret)}});
  EXPECT_EQ(context.find(key), std::string::npos);
  EXPECT_NE(context.find("api_key = \"****"), std::string::npos);
  EXPECT_NE(context.find("import x"), std::string::npos);
}

TEST(Context, MasksSecretsThatAHeaderOrAChunkSplits) {
  // The signature ends within a private key, whose end alone tells what it is.
  const std::string half = "MIIEpAIBAAKCAQEA7bq9Qe3kF0Z1x2c3v4b5n6m7";
  const std::string text = "def f(key=\"\"\"-----BEGIN RSA PRIVATE KEY-----\n" + half + "\n" +
                           half + "\n-----END RSA PRIVATE KEY-----\n\"\"\"):\n|    x = key(^)\n";
  const std::string context = context_of({.text = text});
  EXPECT_NE(context.find("def f"), std::string::npos) << context;
  EXPECT_EQ(context.find(half.substr(8, 16)), std::string::npos) << context;
}

TEST(Context, CountsNothingThatSurelyFits) {
  FakeCounter counter;
  EXPECT_EQ(context_of({.text = kOwn, .budget_tokens = 1000}, counter), kOwnHeaders);
  EXPECT_EQ(counter.num_calls, 0);
}

// What cannot fit, by its bytes, is not counted.
TEST(Context, CountsNoMoreThanMayFit) {
  std::string long_file;
  for (int line = 0; line < 60; ++line) long_file += "invoice_total(line_price(decimal, row))\n";
  FakeCounter counter;
  const std::string context =
      context_of({.text = kOwn,
                  .neighbours = {neighbour("a.py", long_file), neighbour("b.py", kInvoices)},
                  .budget_tokens = 80},
                 counter);
  EXPECT_EQ(counter.num_calls, 1);
  EXPECT_LT(counter.num_bytes, long_file.size());
  EXPECT_EQ(context, "# b.py\n" + kInvoices + kOwnHeaders);
}

TEST(Context, PassesOnTheCountersError) {
  const ContextRequest request = {
      .site = {.view = {"", plain_text(), nullptr}}, .path = "a", .budget_tokens = 1};
  const auto refuse = [](auto) -> Result<std::vector<int32_t>> {
    return fail(ErrorCode::kIo, "no tokenizer");
  };
  const auto context = build_context(request, refuse);
  ASSERT_FALSE(context);
  EXPECT_EQ(context.error().message, "no tokenizer");
}

}  // namespace
}  // namespace fimd
