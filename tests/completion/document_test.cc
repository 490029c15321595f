#include "completion/document.h"

#include <gtest/gtest.h>

namespace fimd {
namespace {

Document make(std::string text) {
  auto document =
      Document::create({.uri = "file:///p/a.py", .path = "a.py", .language_id = "python"},
                       std::move(text),
                       PositionEncoding::kUtf16);
  EXPECT_TRUE(document.has_value());
  return *std::move(document);
}

std::string root_of(const DocumentSnapshot& snapshot) {
  if (snapshot.tree == nullptr) return "absent";
  char* text = ts_node_string(ts_tree_root_node(snapshot.tree.get()));
  std::string result = text;
  free(text);  // NOLINT(cppcoreguidelines-no-malloc): tree-sitter allocates so
  return result;
}

TEST(Document, SnapshotsStayAsTheyWere) {
  Document document = make("a = 1\n");
  const DocumentSnapshot before = document.snapshot({});
  ASSERT_TRUE(document.replace({{0, 4}, {0, 5}}, "f()"));
  const DocumentSnapshot after = document.snapshot({});
  EXPECT_EQ(*before.text, "a = 1\n");
  EXPECT_EQ(*after.text, "a = f()\n");
  EXPECT_NE(root_of(before), root_of(after));
  EXPECT_EQ(root_of(after), root_of(make("a = f()\n").snapshot({})));
}

TEST(Document, CopiesTheTextOncePerChange) {
  Document document = make("a\n");
  const auto first = document.frozen_text();
  EXPECT_EQ(document.frozen_text(), first);
  ASSERT_TRUE(document.replace({{0, 0}, {0, 0}}, "b"));
  EXPECT_NE(document.frozen_text(), first);
}

TEST(Document, GoesOnWithoutATreeWhenTheBudgetIsSpent) {
  std::string text;
  for (int line = 0; line < 1000; ++line) text += "a = f(1, [2])\n";
  Document document = make(text);
  EXPECT_EQ(root_of(document.snapshot({.max_checks = 1})), "absent");
  EXPECT_NE(root_of(document.snapshot({})), "absent");
}

TEST(Document, AppliesManyEditsAsOneAfterAnother) {
  std::string text;
  for (int line = 0; line < 500; ++line) text += "a = f(1, [2])\n";
  Document many = make(text);
  Document few = make(text);
  ASSERT_NE(root_of(many.snapshot({})), "absent");
  ASSERT_NE(root_of(few.snapshot({})), "absent");
  std::vector<std::string> added;
  added.reserve(100);
  for (int i = 0; i < 100; ++i) {
    added.push_back(i % 3 == 0 ? "g(" + std::to_string(i) + ")\n" : "b");
  }
  std::vector<TextEdit> edits;
  edits.reserve(100);
  for (uint32_t i = 0; i < 100; ++i) {
    const uint32_t line = i * 37 % 400;
    edits.push_back({.range = EncodedRange{{line, 0}, {line, i % 2}}, .text = added[i]});
  }
  ASSERT_TRUE(many.apply(edits));
  for (const TextEdit& edit : edits) ASSERT_TRUE(few.apply({&edit, 1}));
  EXPECT_EQ(*many.frozen_text(), *few.frozen_text());
  ASSERT_EQ(many.edited().size(), few.edited().size());
  for (size_t i = 0; i < many.edited().size(); ++i) {
    EXPECT_EQ(many.edited()[i].begin.value, few.edited()[i].begin.value);
    EXPECT_EQ(many.edited()[i].end.value, few.edited()[i].end.value);
  }
  EXPECT_EQ(root_of(many.snapshot({})), root_of(make(*few.frozen_text()).snapshot({})));
}

TEST(Document, BeginsAnewWithAWholeText) {
  Document document = make("a = 1\n");
  const std::vector<TextEdit> edits = {{.range = EncodedRange{{0, 0}, {0, 1}}, .text = "b"},
                                       {.text = "c\n"},
                                       {.range = EncodedRange{{0, 1}, {0, 1}}, .text = "d"}};
  ASSERT_TRUE(document.apply(edits));
  EXPECT_EQ(*document.frozen_text(), "cd\n");
  const std::vector<TextEdit> wrong(20, {.range = EncodedRange{}, .text = "\xFF"});
  EXPECT_FALSE(document.apply(wrong));
}

TEST(Document, ATreeSoFarIsBroughtUpElsewhere) {
  Document document = make("a = 1\n");
  ASSERT_NE(root_of(document.snapshot({})), "absent");
  ASSERT_TRUE(document.replace({{0, 4}, {0, 5}}, "f()"));
  SyntaxTree branch = document.tree_so_far();
  EXPECT_EQ(branch.snapshot(), nullptr);
  ASSERT_TRUE(branch.parse(*document.frozen_text(), {}));
  EXPECT_EQ(root_of({.tree = branch.snapshot()}), root_of(document.snapshot({})));
}

TEST(Document, ReplacesTheWholeText) {
  Document document = make("a = 1\n");
  ASSERT_TRUE(document.replace({{0, 0}, {0, 1}}, "b"));
  ASSERT_TRUE(document.set_text("c\n"));
  EXPECT_EQ(*document.frozen_text(), "c\n");
  EXPECT_TRUE(document.edited().empty());
  EXPECT_FALSE(document.set_text("\xFF"));
  EXPECT_EQ(*document.frozen_text(), "c\n") << "an error changes nothing";
}

TEST(Document, RemembersWhereItWasEdited) {
  Document document = make("one\ntwo\nthree\n");
  const auto edited = [&document] {
    std::vector<std::string> texts;
    for (const ByteRange& range : document.edited()) {
      texts.push_back(
          document.text().text().substr(range.begin.value, range.end.value - range.begin.value));
    }
    return texts;
  };
  using Texts = std::vector<std::string>;
  ASSERT_TRUE(document.replace({{2, 5}, {2, 5}}, "!"));
  ASSERT_TRUE(document.replace({{2, 6}, {2, 6}}, "?"));
  EXPECT_EQ(edited(), Texts{"!?"}) << "a run of typing is one place";
  ASSERT_TRUE(document.replace({{0, 0}, {0, 1}}, "O"));
  EXPECT_EQ(edited(), (Texts{"O", "!?"})) << "newest first";
  ASSERT_TRUE(document.replace({{1, 0}, {1, 0}}, "more and "));
  EXPECT_EQ(edited(), (Texts{"more and ", "O", "!?"})) << "they move with the text";
}

}  // namespace
}  // namespace fimd
