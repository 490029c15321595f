#include "completion/context/rank.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <string>

namespace fimd {
namespace {

Neighbour aged(const std::string& path, std::string text, int64_t recency = 0) {
  return {.path = path,
          .language = &plain_text(),
          .text = std::make_shared<const std::string>(std::move(text)),
          .recency = recency};
}

/// What is ranked for the cursor at '^' of `text`; the window is all of it.
std::vector<RankedChunk> rank(std::string text, const std::vector<Neighbour>& neighbours) {
  const size_t cursor = text.find('^');
  text.erase(cursor, 1);
  const std::string_view all = text;
  return rank_chunks(
      {.site = {.view = {text, plain_text(), nullptr}, .cursor = {cursor}, .hole_end = {cursor}},
       .path = "own.py",
       .window = {all.substr(0, cursor), all.substr(cursor)},
       .neighbours = neighbours});
}

// The paths, best first, each with where its chunk begins.
void check_ranks(const std::string& text,
                 const std::vector<Neighbour>& neighbours,
                 const std::string& expected) {
  std::string found;
  for (const RankedChunk& chunk : rank(text, neighbours)) {
    found += (found.empty() ? "" : " ") + neighbours[chunk.neighbour].path;
    if (chunk.range.begin.value > 0) found += ":" + std::to_string(chunk.range.begin.value);
  }
  EXPECT_EQ(found, expected) << text;
}

const std::string kCall = "total = invoice_total(line_price(row), ^)\n";
const std::string kDefinition = "def invoice_total(price):\n    return line_price(price)\n";
const std::string kUnrelated =
    "def paint(canvas):\n    for pixel in canvas.pixels:\n        pixel.colour = blend(pixel)\n";

TEST(Rank, FindsWhatIsNamedNearTheCursor) {
  check_ranks(kCall, {aged("a.py", kUnrelated), aged("b.py", kDefinition)}, "b.py");
  check_ranks("let x = InvoiceTotal(linePrice(^", {aged("b.py", kDefinition)}, "b.py");
}

TEST(Rank, KeepsUnrelatedTextOut) {
  check_ranks(kCall, {aged("a.py", kUnrelated, 9)}, "");
  check_ranks("^", {aged("b.py", kDefinition)}, "");
  // What every program says is no relation.
  check_ranks("for value in result: return self.value(index, name)^\n",
              {aged("a.py", "for name in index:\n    self.value = result\n    return value\n")},
              "");
  Neighbour edited = aged("a.py", kUnrelated, 9);
  edited.edited = {{{0}, {10}}};
  check_ranks(kCall, {edited}, "");
}

TEST(Rank, PassesOverWhatIsNoNeighbour) {
  Neighbour empty = aged("c.py", "");
  empty.text = nullptr;
  check_ranks(
      kCall, {aged("own.py", kDefinition), aged(".env", kDefinition), empty, aged("d.py", "")}, "");
}

TEST(Rank, KnowsCellsOfTheOwnNotebookByMoreThanTheirPath) {
  Neighbour cell = aged("own.py", kDefinition);
  cell.is_cell = true;
  check_ranks(kCall, {cell, aged("own.py", kDefinition)}, "own.py");
}

TEST(Rank, PutsMoreSharedTermsFirst) {
  check_ranks(kCall,
              {aged("a.py", "line_price = invoice_total\n"),
               aged("b.py", kDefinition + "def total_row(row):\n    pass\n")},
              "b.py a.py");
}

TEST(Rank, PrefersWhatWasEdited) {
  Neighbour edited = aged("b.py", kDefinition + "x = 1\n");
  check_ranks(kCall, {aged("a.py", kDefinition + "y = 1\n"), edited}, "a.py");
  const std::string other = "invoice_total(line_price(alpha))\nbeta = gamma\n";
  const std::string same = "invoice_total(line_price(delta))\nzeta = theta\n";
  Neighbour b = aged("b.py", same);
  check_ranks(kCall, {aged("a.py", other), b}, "a.py b.py");
  b.edited = {{{3}, {5}}};
  check_ranks(kCall, {aged("a.py", other), b}, "b.py a.py");
}

TEST(Rank, ShowsNothingTwice) {
  check_ranks(kCall + kDefinition, {aged("b.py", kDefinition)}, "");
  check_ranks(kCall, {aged("a.py", kDefinition), aged("b.py", kDefinition)}, "a.py");
}

TEST(Rank, LimitsTheChunksOfAFile) {
  std::string text;
  for (int i = 0; i < 6; ++i) {
    text += "def invoice_total" + std::to_string(i) + "():\n";
    for (int k = 0; k < 20; ++k) {
      text += "    line_price(row, " + std::to_string(100 * i + k) + ")\n";
    }
    text += "\n";
  }
  EXPECT_EQ(rank(kCall, {aged("a.py", text)}).size(), kMaxChunksPerFile);
  std::vector<Neighbour> many;
  for (int i = 0; i < 40; ++i) {
    const std::string number = std::to_string(i);
    many.push_back(aged("n" + number, "invoice_total(line_price(row), " + number + ")\n"));
  }
  EXPECT_EQ(rank(kCall, many).size(), kMaxChosenChunks);
}

TEST(Rank, DoesNotDependOnTheOrderOfNeighbours) {
  std::vector<Neighbour> neighbours = {aged("a.py", kDefinition, 3),
                                       aged("b.py", "invoice_total(line_price(x))\n", 1),
                                       aged("c.py", "line_price(invoice_total(y))\n", 1)};
  const auto paths = [&] {
    std::string result;
    for (const RankedChunk& chunk : rank(kCall, neighbours)) {
      result += neighbours[chunk.neighbour].path + " ";
    }
    return result;
  };
  const std::string expected = paths();
  EXPECT_EQ(std::ranges::count(expected, ' '), 3);
  for (int i = 0; i < 6; ++i) {
    std::ranges::next_permutation(neighbours, {}, &Neighbour::path);
    EXPECT_EQ(paths(), expected);
  }
}

// What is typed of a word changes nothing until the word ends.
TEST(Rank, StaysWhileAWordIsTyped) {
  const std::vector<Neighbour> neighbours = {aged("a.py", kDefinition + "y = 1\n"),
                                             aged("b.py", "invoice_total(line_price(row))\n")};
  const std::string expected = "b.py a.py";
  for (const char* typed : {"", "l", "li", "line", "line_price"}) {
    check_ranks("total = invoice_total(line_price(row), " + std::string(typed) + "^)\n",
                neighbours,
                expected);
  }
}

TEST(Rank, LooksAtLargeFilesWhereTheyWereEdited) {
  std::string text;
  while (text.size() < 10 * kMaxNeighbourBytes) text += "pixel = canvas.blend(1)\n";
  Neighbour large = aged("a.py", text + kDefinition);
  EXPECT_EQ(considered_range(large).begin.value, 0U);
  EXPECT_LE(considered_range(large).end.value, kMaxNeighbourBytes);
  EXPECT_TRUE(rank(kCall, {large}).empty());
  large.edited = {{{text.size()}, {text.size() + 1}}};
  EXPECT_EQ(rank(kCall, {large}).size(), 1U);
  large.edited = {{{SIZE_MAX}, {SIZE_MAX}}};
  EXPECT_LE(considered_range(large).end.value, large.text->size());
  const Neighbour line = aged("b.py", std::string(2 * kMaxNeighbourBytes, 'x'));
  EXPECT_TRUE(rank(kCall, {line}).empty());
}

TEST(Rank, TakesAnyBytes) {
  std::mt19937 random(1);
  for (int round = 0; round < 50; ++round) {
    std::string text(3000, ' ');
    for (char& c : text) c = static_cast<char>(random());
    std::ranges::replace(text, '^', ' ');
    Neighbour other = aged("a", text);
    other.edited = {{{random()}, {random()}}};
    text.insert(random() % text.size(), "^");
    rank(text, {other});
  }
}

}  // namespace
}  // namespace fimd
