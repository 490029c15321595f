#include "completion/syntax/grammars.h"

#include <gtest/gtest.h>
#include <set>
#include <string>

#include "completion/syntax/text_lines.h"
#include "tests/completion/syntax/annotated.h"
#include "tests/completion/syntax/samples.h"

namespace fimd {
namespace {

TEST(Grammars, SpeakTheAbiOfTheCore) {
  for (const Sample& sample : all_samples()) {
    const Grammar* grammar = grammar_of(language_called(sample.language_id));
    ASSERT_NE(grammar, nullptr) << sample.language_id;
    const uint32_t version = ts_language_abi_version(grammar->parser());
    EXPECT_GE(version, uint32_t{TREE_SITTER_MIN_COMPATIBLE_LANGUAGE_VERSION});
    EXPECT_LE(version, uint32_t{TREE_SITTER_LANGUAGE_VERSION});
  }
}

TEST(Grammars, AreTwentyOneAndEachHasASample) {
  std::set<std::string_view> with_grammar;
  for (const Language& language : all_languages()) {
    if (grammar_of(language) != nullptr) with_grammar.insert(language.id);
  }
  std::set<std::string_view> with_sample;
  for (const Sample& sample : all_samples()) with_sample.insert(sample.language_id);
  EXPECT_EQ(with_grammar, with_sample);
  EXPECT_EQ(with_grammar.size(), 21U);
}

TEST(Grammars, KnowEveryNodeThatTheTableNames) {
  for (const Sample& sample : all_samples()) {
    const Grammar& grammar = *grammar_of(language_called(sample.language_id));
    const NodeNames& names = grammar.names();
    for (const std::string_view list : {names.comments,
                                        names.strings,
                                        names.interpolations,
                                        names.functions,
                                        names.types,
                                        names.blocks,
                                        names.wrappers}) {
      any_word(list, [&](std::string_view name) {
        const auto num_bytes = static_cast<uint32_t>(name.size());
        EXPECT_NE(ts_language_symbol_for_name(grammar.parser(), name.data(), num_bytes, true), 0)
            << sample.language_id << " has no node " << name;
        return false;
      });
    }
  }
}

TEST(Grammars, ParseTheirSamplesWithoutAnError) {
  for (const Sample& sample : all_samples()) {
    const std::string text = sample.text();
    const SharedTree tree = parse_once(language_called(sample.language_id), text, {});
    ASSERT_NE(tree, nullptr);
    const TSNode root = ts_tree_root_node(tree.get());
    char* expression = ts_node_string(root);
    EXPECT_FALSE(ts_node_has_error(root)) << sample.language_id << "\n" << expression;
    free(expression);
  }
}

TEST(Grammars, PathLeadsFromTheRootToTheLeaf) {
  const std::string text = "def f():\n    return 1\n";
  const SharedTree tree = parse_once(language_called("python"), text, {});
  std::string types;
  for (const TSNode& node : path_to(tree, text.find('1')))
    types += ts_node_type(node) + std::string(" ");
  EXPECT_EQ(types, "module function_definition block return_statement integer ");
  EXPECT_TRUE(path_to(tree, text.size()).empty());
  EXPECT_TRUE(path_to(nullptr, 0).empty());
}

}  // namespace
}  // namespace fimd
