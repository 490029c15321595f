#include "completion/syntax/syntax_tree.h"

#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/completion/syntax/annotated.h"
#include "tests/completion/syntax/hostile_texts.h"
#include "tests/completion/syntax/samples.h"

namespace fimd {
namespace {

// All nodes with their places; the s-expression alone would not show a node that moved.
std::string nodes_of(const SharedTree& tree) {
  std::string nodes;
  if (tree == nullptr) return nodes;
  TSTreeCursor cursor = ts_tree_cursor_new(ts_tree_root_node(tree.get()));
  for (bool more = true; more;) {
    const TSNode node = ts_tree_cursor_current_node(&cursor);
    const TSPoint point = ts_node_start_point(node);
    nodes += std::string(ts_node_type(node)) + " " + std::to_string(ts_node_start_byte(node)) +
             "-" + std::to_string(ts_node_end_byte(node)) + " " + std::to_string(point.row) + ":" +
             std::to_string(point.column) + "\n";
    if (ts_tree_cursor_goto_first_child(&cursor)) continue;
    while (more && !ts_tree_cursor_goto_next_sibling(&cursor)) {
      more = ts_tree_cursor_goto_parent(&cursor);
    }
  }
  ts_tree_cursor_delete(&cursor);
  return nodes;
}

struct RandomEdit {
  ByteRange replaced;
  std::string inserted;
};

// What typing does: characters and small pieces of the program come and go.
RandomEdit make_edit(const std::string& text, const std::string& sample, std::mt19937& random) {
  const auto below = [&](size_t limit) { return random() % (limit + 1); };
  const size_t begin = below(text.size());
  const size_t removed = random() % 3 == 0 ? below(std::min<size_t>(20, text.size() - begin)) : 0;
  RandomEdit edit = {.replaced = {{begin}, {begin + removed}}, .inserted = ""};
  const size_t from = below(sample.size());
  if (random() % 3 != 0 || removed == 0) edit.inserted = sample.substr(from, below(12));
  return edit;
}

// A document that is edited, and the tree that follows it.
class EditedProgram {
 public:
  explicit EditedProgram(const Sample& sample)
      : text_(sample.text()), tree_(language_called(sample.language_id)) {}

  [[nodiscard]] const std::string& text() const { return text_; }

  SyntaxTree& tree() { return tree_; }

  /// Returns the edit that undoes it.
  RandomEdit apply(const RandomEdit& edit) {
    tree_.edit(text_, edit.replaced, edit.inserted);
    const size_t begin = edit.replaced.begin.value;
    const size_t num_removed = edit.replaced.end.value - begin;
    RandomEdit undo = {.replaced = {{begin}, {begin + edit.inserted.size()}},
                       .inserted = text_.substr(begin, num_removed)};
    text_.replace(begin, num_removed, edit.inserted);
    return undo;
  }

 private:
  std::string text_;
  SyntaxTree tree_;
};

// Every text that parses must have the same tree either way. How an error is recovered from may
// depend on what could be reused, which tree-sitter allows itself; those trees may differ now and
// then.
TEST(SyntaxTree, FollowsRandomEditsLikeAFreshParse) {
  constexpr int kNumEdits = 300;
  constexpr int kMaxRecoveredOtherwise = kNumEdits / 25;
  for (const Sample& sample : all_samples()) {
    std::mt19937 random(42);
    EditedProgram program(sample);
    ASSERT_TRUE(program.tree().parse(program.text(), {}));
    std::vector<RandomEdit> undo;
    int num_valid = 0;
    int num_recovered_otherwise = 0;
    for (int i = 0; i < kNumEdits; ++i) {
      // Two edits, then both undone: half of the time near a program that parses.
      if (i % 4 < 2) {
        undo.push_back(program.apply(make_edit(program.text(), sample.text(), random)));
      } else {
        program.apply(undo.back());
        undo.pop_back();
      }
      EXPECT_EQ(program.tree().snapshot(), nullptr);
      ASSERT_TRUE(program.tree().parse(program.text(), {}));
      const SharedTree fresh = parse_once(program.tree().language(), program.text(), {});
      const bool same = nodes_of(program.tree().snapshot()) == nodes_of(fresh);
      if (ts_node_has_error(ts_tree_root_node(fresh.get()))) {
        num_recovered_otherwise += same ? 0 : 1;
      } else {
        ++num_valid;
        EXPECT_TRUE(same) << sample.language_id << " after edit " << i;
      }
    }
    EXPECT_EQ(program.text(), sample.text());
    EXPECT_GE(num_valid, kNumEdits / 4) << sample.language_id;
    EXPECT_LE(num_recovered_otherwise, kMaxRecoveredOtherwise) << sample.language_id;
  }
}

// Budgets are counted in checks, so that the test is the same on every machine.
std::string large_program() {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "x = f(" + std::to_string(i) + ", [1, 2])\n";
  return text;
}

TEST(SyntaxTree, GoesOnWhereABudgetEnded) {
  const std::string text = large_program();
  SyntaxTree tree(language_called("python"));
  int num_calls = 1;
  while (!tree.parse(text, {.max_checks = 50})) {
    EXPECT_EQ(tree.snapshot(), nullptr);
    ++num_calls;
    ASSERT_LT(num_calls, 1000);
  }
  EXPECT_GT(num_calls, 5);
  EXPECT_EQ(nodes_of(tree.snapshot()), nodes_of(parse_once(tree.language(), text, {})));
}

TEST(SyntaxTree, AnEditForgetsAnUnfinishedParse) {
  std::string text = large_program();
  SyntaxTree tree(language_called("python"));
  ASSERT_FALSE(tree.parse(text, {.max_checks = 50}));
  tree.edit(text, {{0}, {0}}, "import os\n");
  text.insert(0, "import os\n");
  ASSERT_TRUE(tree.parse(text, {}));
  EXPECT_EQ(nodes_of(tree.snapshot()), nodes_of(parse_once(tree.language(), text, {})));
}

TEST(SyntaxTree, KeepsNothingAfterEachWayToStop) {
  const std::string text = large_program();
  std::stop_source stopped;
  stopped.request_stop();
  const std::vector<ParseBudget> budgets = {
      {.max_checks = 0},
      {.deadline = std::chrono::steady_clock::time_point::min()},
      {.stop = stopped.get_token()},
  };
  for (const ParseBudget& budget : budgets) {
    SyntaxTree tree(language_called("python"));
    EXPECT_FALSE(tree.parse(text, budget));
    EXPECT_EQ(tree.snapshot(), nullptr);
  }
}

// One token that the lexer would read to its end before the parser's next check.
TEST(SyntaxTree, StopsWithinATokenOfMegabytes) {
  const std::string text = "x = '''" + std::string(size_t{3} << 20, 'x') + "'''\n";
  SyntaxTree tree(language_called("python"));
  EXPECT_FALSE(tree.parse(text, {.max_checks = 1}));
  EXPECT_TRUE(tree.parse(text, {}));
  EXPECT_FALSE(ts_node_has_error(ts_tree_root_node(tree.snapshot().get())));
}

TEST(SyntaxTree, IsAbsentWithoutAGrammarAndAboveItsLimit) {
  EXPECT_EQ(parse_once(plain_text(), "x", {}), nullptr);
  const std::string text(kMaxParsedBytes + 1, ' ');
  SyntaxTree tree(language_called("json"));
  EXPECT_FALSE(tree.parse(text, {}));
  tree.edit(text, {{0}, {text.size()}}, "[1]");
  EXPECT_TRUE(tree.parse("[1]", {}));
  tree.edit("[1]", {{0}, {3}}, text);
  EXPECT_FALSE(tree.parse(text, {}));
  EXPECT_EQ(tree.snapshot(), nullptr);
}

TEST(SyntaxTree, SnapshotsStayWhatTheyWereAndOutliveIt) {
  const std::string text = "int f() { return 1; }\n";
  auto tree = std::make_unique<SyntaxTree>(language_called("c"));
  ASSERT_TRUE(tree->parse(text, {}));
  const SharedTree snapshot = tree->snapshot();
  const std::string nodes = nodes_of(snapshot);
  std::vector<std::jthread> readers;
  readers.reserve(2);
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] { EXPECT_EQ(nodes_of(SharedTree(snapshot)), nodes); });
  }
  std::string edited = text;
  for (int i = 0; i < 50; ++i) {
    tree->edit(edited, {{0}, {0}}, "\n");
    edited.insert(0, "\n");
    EXPECT_TRUE(tree->parse(edited, {}));
  }
  tree.reset();
  readers.clear();
  EXPECT_EQ(nodes_of(snapshot), nodes);
}

TEST(SyntaxTree, ATrialEditLeavesTheSnapshotAlone) {
  const Language& language = language_called("c");
  const std::string text = "int f() { return 1; }\n";
  const SyntaxView view = view_with_tree(language, text);
  SyntaxTree trial(view);
  EXPECT_EQ(nodes_of(trial.snapshot()), nodes_of(view.tree));
  trial.edit(text, {{0}, {3}}, "long");
  ASSERT_TRUE(trial.parse("long f() { return 1; }\n", {}));
  EXPECT_EQ(nodes_of(view.tree), nodes_of(parse_once(language, text, {})));
}

TEST(SyntaxTree, EditsPastTheEndAreCutOff) {
  SyntaxTree tree(language_called("json"));
  ASSERT_TRUE(tree.parse("[1]", {}));
  tree.edit("[1]", {{7}, {9}}, " ");
  ASSERT_TRUE(tree.parse("[1] ", {}));
  tree.edit("[1] ", {{9}, {2}}, " ");
  EXPECT_TRUE(tree.parse("[1]  ", {}));
}

// Any bytes parse in every language, or spend their budget.
TEST(SyntaxTree, SurvivesHostileText) {
  for (const Sample& sample : all_samples()) {
    for (const std::string& text : hostile_texts()) {
      SyntaxTree tree(language_called(sample.language_id));
      if (!tree.parse(text, {.max_checks = 50})) continue;
      EXPECT_LE(ts_node_end_byte(ts_tree_root_node(tree.snapshot().get())), text.size());
    }
  }
}

}  // namespace
}  // namespace fimd
