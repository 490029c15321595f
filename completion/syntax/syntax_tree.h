// The syntax tree of one document, kept up with its edits.
//
// Parsing costs what changed, and never more than it may: every parse has a budget, and a parse
// that spends it leaves the tree unavailable, a normal state like "a language without a grammar",
// "a file too large" and "a line that a lone CR ends", which grammars do not know. Whoever asks a
// tree something has an answer without it (scope.h).
//
//   edit(), edit(), parse(10 ms) -> no      the budget was spent; what was parsed is kept
//   parse(1 s, when idle)        -> yes     ... and finished, unless an edit came between
//
// Invariants:
// 1. snapshot() is of the text of the last parse(), whole, or absent.
// 2. A snapshot never changes, and outlives the SyntaxTree.
// 3. A parse uses no more memory and time than kMaxParsedBytes of text can ask for.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string_view>

#include "completion/syntax/grammars.h"
#include "completion/syntax/languages.h"
#include "completion/text_document.h"

namespace fimd {

/// A source file of 100,000 lines: it parses from nothing in about a second and into a tree of 250
/// MB at most. Larger files are generated, and complete without a tree.
inline constexpr size_t kMaxParsedBytes = size_t{4} << 20;

/// When to give up a parse. It is asked after each hundred of the parser's steps, which is every
/// few microseconds, and within a token of megabytes after each piece of text read.
struct ParseBudget {
  int64_t max_checks = INT64_MAX;
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  std::stop_token stop = {};
};

/// A text with as much as is known of its syntax: what the questions of scope.h are asked of.
/// `text` is borrowed. Thread: safe to read.
struct SyntaxView {
  std::string_view text;
  const Language& language;
  SharedTree tree;  ///< of `text`, or absent
};

/// Thread: compatible; snapshots are safe to read from any thread.
class SyntaxTree {
 public:
  explicit SyntaxTree(const Language& language);
  /// Begins as `view`: for trying an edit that may not stay. Cost: constant.
  explicit SyntaxTree(const SyntaxView& view);
  ~SyntaxTree();
  SyntaxTree(const SyntaxTree&) = delete;
  SyntaxTree& operator=(const SyntaxTree&) = delete;
  SyntaxTree(SyntaxTree&&) noexcept;
  SyntaxTree& operator=(SyntaxTree&&) noexcept;

  [[nodiscard]] const Language& language() const { return *language_; }

  /// Says that `replaced` of `old_text` became `inserted`. A range past the end is cut off there.
  /// Cost: counts the lines before the edit, about a millisecond for 4 MB.
  void edit(std::string_view old_text, ByteRange replaced, std::string_view inserted);

  /// The same, for who knows the places. Cost: constant but for the tree.
  void edit(const TSInputEdit& edit);

  /// A tree that goes on from here by itself, for parsing on another thread. Cost: constant.
  [[nodiscard]] SyntaxTree branch() const;

  /// Brings the tree up to `text`: what the edits since the last parse() made of its text.
  /// Returns whether it is; if not, a later call with the same text goes on where this one ended.
  bool parse(std::string_view text, const ParseBudget& budget);

  /// Absent until parse() succeeds, and after an edit until it does again. Cost: constant.
  [[nodiscard]] SharedTree snapshot() const;

 private:
  void drop();

  struct ParserDelete {
    void operator()(TSParser* parser) const { ts_parser_delete(parser); }
  };

  struct TreeDelete {
    void operator()(TSTree* tree) const { ts_tree_delete(tree); }
  };

  const Language* language_;
  std::unique_ptr<TSParser, ParserDelete> parser_;  ///< absent without a grammar
  std::unique_ptr<TSTree, TreeDelete> tree_;        ///< edited along; may lag behind the text
  bool is_current_ = false;
};

/// A tree of `text` from nothing: for texts that are looked at once. Absent as in SyntaxTree.
SharedTree parse_once(const Language& language, std::string_view text, const ParseBudget& budget);

}  // namespace fimd
