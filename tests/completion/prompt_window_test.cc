// Counts in the vocabulary of tests/support/fake_generator.h: a line "a1 = 1\n" is four tokens.
#include "completion/prompt_window.h"

#include <gtest/gtest.h>
#include <latch>
#include <thread>

#include "tests/support/fake_generator.h"

namespace fimd {
namespace {

constexpr const char* kUri = "file:///a.txt";

/// "a0 = 0\na1 = 1\n" and so on.
std::string lines(char name, int num_lines) {
  std::string text;
  for (int i = 0; i < num_lines; ++i) {
    text += name + std::to_string(i) + " = " + std::to_string(i) + "\n";
  }
  return text;
}

/// A document whose windows are cut on both sides, around `middle`.
std::string large(const std::string& middle) {
  return lines('a', 300) + middle + lines('z', 300);
}

DocumentSnapshot document_of(std::string text, const std::string& uri = kUri) {
  return {.uri = uri, .path = "", .text = std::make_shared<const std::string>(std::move(text))};
}

/// What became of a request.
struct Seen {
  std::string prefix;
  std::string suffix;
  bool continues = false;
  bool is_new = false;
  int num_calls = 0;  ///< of count_tokens

  [[nodiscard]] std::string first_line() const { return prefix.substr(0, prefix.find('\n')); }

  [[nodiscard]] std::string last_line() const {
    return suffix.substr(suffix.rfind('\n', suffix.size() - 2) + 1);
  }
};

/// Documents with "^" at the cursor, and what PromptWindows makes of them.
struct PromptWindowTest : testing::Test {
  /// Without keeping it.
  WindowPrompt prompt_for(const std::string& annotated, bool renews = false) {
    const size_t cursor = annotated.find('^');
    const DocumentSnapshot document = document_of(std::string(annotated).erase(cursor, 1));
    const Site site = {.view = document.view(), .cursor = {cursor}, .hole_end = {cursor}};
    const WindowRequest request = {.document = document,
                                   .site = site,
                                   .neighbours = neighbours,
                                   .budget_tokens = budget_tokens,
                                   .renews = renews};
    return windows
        .prompt_for(request,
                    [this](std::span<const std::string_view> pieces) {
                      ++num_calls;
                      return count_fake_pieces(pieces);
                    })
        .value();
  }

  Seen ask(const std::string& annotated, bool renews = false) {
    const int calls_before = num_calls;
    const WindowPrompt prompt = prompt_for(annotated, renews);
    windows.keep(kUri, prompt);
    const int64_t num_tokens =
        count_fake_tokens(prompt.prompt.prefix) + count_fake_tokens(prompt.prompt.suffix);
    EXPECT_LE(num_tokens, budget_tokens + 1) << "a word may be split";
    EXPECT_LE(num_calls - calls_before, 2);
    return {prompt.prompt.prefix,
            prompt.prompt.suffix,
            prompt.continues,
            prompt.is_new,
            num_calls - calls_before};
  }

  /// Whether the second text is asked for with the first one's window. Nothing is counted then.
  bool keeps(const std::string& first, const std::string& second) {
    windows.forget(kUri);
    const Seen before = ask(first);
    const Seen after = ask(second);
    EXPECT_EQ(after.num_calls > 0, after.is_new);
    if (after.is_new) return false;
    EXPECT_EQ(after.first_line(), before.first_line());
    EXPECT_EQ(after.last_line(), before.last_line());
    return true;
  }

  PromptWindows windows;
  std::vector<Neighbour> neighbours;
  int64_t budget_tokens = 400;
  int num_calls = 0;
};

TEST_F(PromptWindowTest, PutsTheHoleAtTheCursor) {
  EXPECT_EQ(ask("a\nb\n  c^d\ne\n").prefix, "a\nb\n  c");
  EXPECT_EQ(ask("a\nb\n  cx^d\ne\n").suffix, "d\ne\n");
}

// It is counted as it is shown.
TEST_F(PromptWindowTest, ShowsLfOnly) {
  const Seen expected = ask(large("b^\n"));
  std::string crlf;
  for (const char c : large("b^\n")) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  windows.forget(kUri);
  const Seen seen = ask(crlf);
  EXPECT_EQ(seen.prefix, expected.prefix);
  EXPECT_EQ(seen.suffix, expected.suffix);
}

TEST_F(PromptWindowTest, StaysWhileTheUserTypes) {
  EXPECT_TRUE(keeps(large("b^\n"), large("bc^\n")));
  EXPECT_TRUE(keeps(large("b^\n"), large("^\n"))) << "deleting";
  EXPECT_TRUE(keeps(large("b^\n"), large("b^\n"))) << "asking again";
  EXPECT_TRUE(keeps(large("  b {^}\n"), large("  b {\n    ^\n  }\n"))) << "a line, indented";
  EXPECT_TRUE(keeps(large("b^\n"), large("b(^)\n"))) << "with a closer";
  EXPECT_TRUE(keeps(large("b(c^)\n"), large("b(c)^\n"))) << "over a closer";
  EXPECT_TRUE(keeps(large("b^\n"), large("b\nc\nd\ne^\n"))) << "pasting";
  EXPECT_TRUE(keeps(large("b\nc\nd\ne^\n"), large("b^\n"))) << "undoing";
  EXPECT_TRUE(keeps(large("b^\n"), large("b\nc\n^"))) << "elsewhere, nearby";
}

TEST_F(PromptWindowTest, StaysThroughEditsElsewhere) {
  EXPECT_TRUE(keeps(large("b^\nc\n"), large("b^\nCC\n"))) << "below";
  EXPECT_TRUE(keeps(large("b^\nc\nd\n"), large("b^\nd\n"))) << "a line below is gone";
  EXPECT_TRUE(keeps(large("c\nb^\n"), large("CC\nb^\n"))) << "above";
  EXPECT_TRUE(keeps(large("b^\n"), "import x\n" + large("b^\n"))) << "above the window";
  EXPECT_TRUE(keeps(large("b^\n"), large("b^\n").substr(7))) << "a line of it is gone";
  EXPECT_TRUE(keeps(large("b^\n"), large("b^\n") + "end\n")) << "below the window";
}

// Where the document ends or begins, windows do too.
TEST_F(PromptWindowTest, GrowsWithItsDocument) {
  ask("b^\n");
  EXPECT_EQ(ask("a\nb^\n").prefix, "a\nb");
  EXPECT_EQ(ask("a\nb^\nc\n").suffix, "\nc\n");
  EXPECT_EQ(ask("^").suffix, "");
  EXPECT_EQ(num_calls, 0);
}

TEST_F(PromptWindowTest, IsBuiltAnewWhereTheCursorHasLeftIt) {
  const std::string text = large("b^\n");
  const std::string unmarked = large("b\n");
  const Seen seen = ask(text);
  const size_t begin = unmarked.find(seen.first_line() + "\n");
  const size_t end = unmarked.find(seen.last_line()) + seen.last_line().size();
  const auto at = [&](size_t cursor) { return std::string(unmarked).insert(cursor, "^"); };
  EXPECT_FALSE(keeps(text, at(begin - 1))) << "before it";
  EXPECT_FALSE(keeps(text, at(begin + 4))) << "too near to its beginning";
  EXPECT_TRUE(keeps(text, at(begin + 250)));
  EXPECT_TRUE(keeps(text, at(end - 150)));
  EXPECT_FALSE(keeps(text, at(end - 4))) << "too near to its end";
  EXPECT_FALSE(keeps(text, at(end + 1))) << "behind it";
}

TEST_F(PromptWindowTest, IsBuiltAnewWhereAnEditStraddlesItsEnds) {
  const std::string text = large("b^\n");
  const Seen seen = ask(text);
  std::string at_begin = text;
  at_begin.erase(text.find("\n" + seen.first_line() + "\n") - 10, 20);
  EXPECT_FALSE(keeps(text, at_begin));
  std::string at_end = text;
  at_end.erase(text.find("\n" + seen.last_line()) + seen.last_line().size() - 5, 20);
  EXPECT_FALSE(keeps(text, at_end));
}

TEST_F(PromptWindowTest, BeginsWhereTheOneBeforeDid) {
  const std::string text = large("b\nc\nd\ne^\n");
  const Seen before = ask(text);
  std::string edited = large("b^\n");
  edited.erase(edited.find(before.last_line()) + before.last_line().size() - 5, 20);
  const Seen after = ask(edited);
  EXPECT_TRUE(after.is_new) << "its end was edited";
  EXPECT_EQ(after.first_line(), before.first_line());
}

TEST_F(PromptWindowTest, IsBuiltAnewForAnotherBudget) {
  ask(large("b^\n"));
  budget_tokens = 300;
  EXPECT_TRUE(ask(large("b^\n")).is_new);
}

TEST_F(PromptWindowTest, TellsTypingFromJumps) {
  EXPECT_FALSE(ask(large("b^\n")).continues) << "the first";
  EXPECT_TRUE(ask(large("bc(^)\n")).continues);
  EXPECT_FALSE(ask(large("^bc()\n")).continues);
  EXPECT_TRUE(ask(large("^bc()\n")).continues);
  EXPECT_FALSE(ask("x" + large("^bc()\n")).continues) << "an edit elsewhere";
}

// Its slack is a quarter of the budget: no key within it costs a count.
TEST_F(PromptWindowTest, CostsNoCountsWithinItsSlack) {
  std::string typed;
  EXPECT_EQ(ask(large("^\n")).num_calls, 1) << "there is no context to count";
  for (int key = 0; key < 75; ++key) {
    typed += key % 10 == 9 ? '\n' : 'x';
    EXPECT_EQ(ask(large(typed + "^\n")).num_calls, 0) << key;
  }
}

// A long run of typing: counts are few, and the beginning moves seldom.
TEST_F(PromptWindowTest, MovesItsBeginningSeldom) {
  std::string typed = "b";
  Seen before = ask(large(typed + "^\n"));
  int num_moves = 0;
  int num_counted = 0;
  constexpr int kLines = 300;
  for (int line = 0; line < kLines; ++line) {
    typed += "y" + std::to_string(line) + " = 2\n";
    const Seen after = ask(large(typed + "^\n"));
    if (!after.prefix.starts_with(before.first_line() + "\n")) ++num_moves;
    if (after.num_calls > 0) ++num_counted;
    EXPECT_GE(after.suffix.size(), 40U);
    before = after;
  }
  EXPECT_GE(num_moves, 5) << "1,200 tokens were typed";
  EXPECT_LE(num_moves, 15);
  EXPECT_LE(num_counted, 30);
}

// A whole document gives way before it has to be counted for each key.
TEST_F(PromptWindowTest, LeavesRoomToGrow) {
  std::string text;
  int num_counted = 0;
  for (int key = 0; key < 3000; ++key) {
    text += key % 2 == 0 ? "x" : "\n";
    const Seen seen = ask(text + "^");
    if (seen.num_calls > 0) ++num_counted;
    const bool is_cut = seen.prefix.size() < text.size();
    EXPECT_GE(count_fake_tokens(seen.prefix), is_cut ? budget_tokens / 3 : 0);
  }
  EXPECT_LE(num_counted, 60);
}

TEST_F(PromptWindowTest, IsRenewedInIdleTimeBeforeItIsFull) {
  std::string typed = "b";
  ask(large(typed + "^\n"));
  EXPECT_FALSE(ask(large(typed + "^\n"), /*renews=*/true).is_new);
  bool renewed = false;
  for (int line = 0; line < 100; ++line) {
    typed += "y = 2\n";
    EXPECT_EQ(ask(large(typed + "^\n")).num_calls, 0) << "no key waits";
    renewed = ask(large(typed + "^\n"), /*renews=*/true).is_new || renewed;
  }
  EXPECT_TRUE(renewed);
}

TEST_F(PromptWindowTest, ExpiresWhenAnotherDocumentWasVisited) {
  const auto visited = [](int64_t recency) {
    return Neighbour{
        .path = "shop.txt",
        .text = std::make_shared<const std::string>("invoice_total = line_price(basket)\n"),
        .recency = recency};
  };
  const std::string text = "invoice_total line_price basket^\n";
  ask(text);
  neighbours = {visited(1)};
  EXPECT_FALSE(ask(text).is_new) << "not while the user types";
  const Seen elsewhere = ask("^" + text.substr(0, text.size() - 2));
  EXPECT_TRUE(elsewhere.is_new);
  EXPECT_NE(elsewhere.prefix.find("shop.txt"), std::string::npos);
  neighbours = {};
  EXPECT_FALSE(ask(text).is_new) << "nothing is known";
  neighbours = {visited(2)};
  EXPECT_FALSE(ask(text, /*renews=*/true).is_new) << "it is the same";
  neighbours = {visited(3)};
  neighbours[0].text = std::make_shared<const std::string>("line_price = invoice_total\n");
  EXPECT_TRUE(ask(text, /*renews=*/true).is_new);
}

TEST_F(PromptWindowTest, CountsWindowAndContextOnceEach) {
  std::string text = "invoice_total line_price basket\n" + large("invoice_total line_price^\n");
  neighbours = {
      {.path = "shop.txt",
       .text = std::make_shared<const std::string>(
           "invoice_total = line_price(basket, decimal, ledger, currency, rounding, language, "
           "country)\n"),
       .recency = 1}};
  EXPECT_EQ(ask(text).num_calls, 2);
  EXPECT_EQ(ask(text).num_calls, 0);
}

TEST_F(PromptWindowTest, GoesOnFromWhatWasKept) {
  const Seen before = ask(large("b^\n"));
  prompt_for(lines('a', 300) + "^");
  const Seen after = ask(large("bc^\n"));
  EXPECT_TRUE(after.continues);
  EXPECT_FALSE(after.is_new);
  EXPECT_EQ(after.last_line(), before.last_line());
}

TEST_F(PromptWindowTest, KeepsTheLaterOfTwoRequests) {
  const WindowPrompt first = prompt_for("a^\nb\n");
  windows.keep(kUri, prompt_for("a\nb^\n"));
  windows.keep(kUri, first);
  EXPECT_TRUE(ask("a\nbc^\n").continues);
}

TEST_F(PromptWindowTest, KeepsAFewDocuments) {
  const WindowPrompt prompt = prompt_for("a^");
  for (size_t i = 0; i <= kMaxPromptWindows; ++i) {
    WindowPrompt next = prompt;
    next.sequence += i;
    windows.keep(std::to_string(i), next);
  }
  EXPECT_FALSE(windows.contains("0")) << "the oldest is gone";
  for (size_t i = 1; i <= kMaxPromptWindows; ++i) EXPECT_TRUE(windows.contains(std::to_string(i)));
  windows.forget("1");
  EXPECT_FALSE(windows.contains("1"));
}

TEST_F(PromptWindowTest, RemembersDrift) {
  EXPECT_FALSE(windows.has_drifted(kUri));
  windows.set_drifted(kUri, true);
  EXPECT_FALSE(windows.has_drifted(kUri)) << "there is no window";
  ask("a^");
  windows.set_drifted(kUri, true);
  ask("ab^");
  EXPECT_TRUE(windows.has_drifted(kUri));
}

// Of a private key either end stands beyond the window, and tells that the rest is one.
TEST_F(PromptWindowTest, MasksKeysThatItsEndsAndTheCursorSplit) {
  budget_tokens = 2000;
  std::string key;
  for (int i = 0; i < 40; ++i) key += "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\n";
  const std::string before = lines('a', 100) + "-----BEGIN PRIVATE KEY-----\n" + key;
  const std::string after = "'\ncode = 2\n" + key + "-----END PRIVATE KEY-----\n" + lines('z', 9);
  for (const size_t at : {1, 20, 39}) {
    std::string text = before;
    text +=
        std::string("x = 'ghp_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij").insert(5 + at, "^") + after;
    const Seen seen = ask(text);
    EXPECT_TRUE(seen.prefix.starts_with("****"));
    EXPECT_TRUE(seen.prefix.ends_with(" = '" + std::string(at, '*'))) << at;
    EXPECT_TRUE(seen.suffix.starts_with(std::string(40 - at, '*') + "'\ncode = 2\n****")) << at;
    EXPECT_EQ((seen.prefix + seen.suffix).find("PRIVATE"), std::string::npos) << "it was cut";
  }
}

// One key may turn much of a window into something else: a private key loses its first line.
TEST_F(PromptWindowTest, CountsWhatIsMaskedOrUnmasked) {
  budget_tokens = 1000;
  std::string key = "----BEGIN PRIVATE KEY-----\n";
  for (int i = 0; i < 30; ++i) key += "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\n";
  EXPECT_EQ(ask(large(key + "x^\n")).num_calls, 1);
  EXPECT_EQ(ask(large("-" + key + "x^\n")).num_calls, 1);
}

TEST_F(PromptWindowTest, PassesOnTheCountersError) {
  const DocumentSnapshot document = document_of(lines('a', 300));
  const Site site = {.view = document.view()};
  const auto refuse = [](auto) -> Result<std::vector<int32_t>> {
    return fail(ErrorCode::kCancelled, "cancelled");
  };
  const auto prompt = windows.prompt_for(
      {.document = document, .site = site, .neighbours = {}, .budget_tokens = 400}, refuse);
  ASSERT_FALSE(prompt);
  EXPECT_EQ(prompt.error().code, ErrorCode::kCancelled);
}

// While one document is being counted, another gets its prompt: no lock is held.
TEST(PromptWindows, HoldsNoLockWhileTokensAreCounted) {
  PromptWindows windows;
  std::latch is_counting(1);
  std::latch other_is_done(1);
  const auto ask = [&](const std::string& uri, const TokenCounter& count_tokens) {
    const DocumentSnapshot document = document_of(lines('a', 300), uri);
    const Site site = {.view = document.view()};
    const auto prompt = windows.prompt_for(
        {.document = document, .site = site, .neighbours = {}, .budget_tokens = 400}, count_tokens);
    windows.keep(uri, prompt.value());
  };
  std::jthread slow([&] {
    ask("file:///slow", [&](std::span<const std::string_view> pieces) {
      is_counting.count_down();
      other_is_done.wait();
      return count_fake_pieces(pieces);
    });
  });
  is_counting.wait();
  ask("file:///other", count_fake_pieces);
  EXPECT_TRUE(windows.contains("file:///other"));
  EXPECT_FALSE(windows.contains("file:///slow"));
  windows.forget("file:///other");
  other_is_done.count_down();
  slow.join();
  EXPECT_TRUE(windows.contains("file:///slow"));
}

}  // namespace
}  // namespace fimd
