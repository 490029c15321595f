// The grammars of tree-sitter that are built in, and what their nodes mean to completion.
//
// Each grammar names its nodes its own way ("compound_statement", "block", "do_group"). A Grammar
// maps them to the few kinds that completion asks for. In languages of braces a block is whatever
// stands between braces, so only the others name theirs.
//
// A grammar is prepared when it is first asked for; the pages of one that never is are never read.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <tree_sitter/api.h>
#include <vector>

#include "completion/syntax/languages.h"

namespace fimd {

enum NodeKind : uint8_t {
  kCommentNode = 1,
  kStringNode = 2,
  kInterpolationNode = 4,  ///< code within a string
  kFunctionNode = 8,
  kTypeNode = 16,     ///< class, struct, trait, namespace, ...: encloses functions
  kBlockNode = 32,    ///< the body of something, where braces do not show it
  kWrapperNode = 64,  ///< begins a definition that is its child: decorators, template<>, export
};

/// The names of a grammar's nodes by kind, blanks between them.
struct NodeNames {
  std::string_view language_id;
  std::string_view comments;
  std::string_view strings;
  std::string_view interpolations;
  std::string_view functions;
  std::string_view types;
  std::string_view blocks;
  std::string_view wrappers;
};

/// Thread: safe to read.
class Grammar {
 public:
  Grammar(const TSLanguage* parser, const NodeNames& names);

  [[nodiscard]] const TSLanguage* parser() const { return parser_; }

  [[nodiscard]] const NodeNames& names() const { return names_; }

  /// A set of NodeKind.
  [[nodiscard]] uint8_t kinds_of(TSNode node) const;

 private:
  void add(std::string_view names, NodeKind kind);

  const TSLanguage* parser_;
  const NodeNames& names_;
  std::vector<uint8_t> kinds_;  ///< by symbol
};

/// Absent for a language without one.
/// Thread: safe.
const Grammar* grammar_of(const Language& language);

using SharedTree = std::shared_ptr<const TSTree>;

/// The nodes that contain the byte at `offset`, outermost first. Empty without a tree.
/// Cost: one descent, however deep the tree.
std::vector<TSNode> path_to(const SharedTree& tree, size_t offset);

}  // namespace fimd
