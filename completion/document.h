// An open document, and what suggestions see of it.
//
// The editor goes on changing a document while suggestions are computed on other threads. They get
// a snapshot: text that never changes, with the tree of that text. Taking one copies the text once
// per change at most.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "completion/edited_text.h"
#include "completion/syntax/syntax_tree.h"

namespace fimd {

/// Thread: safe to read.
struct DocumentSnapshot {
  std::string uri;
  std::string path;  ///< relative to the workspace, with slashes; the file's name outside of one
  const Language* language = &plain_text();
  std::shared_ptr<const std::string> text;
  SharedTree tree;  ///< of `text`, or absent

  [[nodiscard]] SyntaxView view() const { return {*text, *language, tree}; }
};

/// Replaces `range`, or the whole text without one.
struct TextEdit {
  std::optional<EncodedRange> range;
  std::string_view text;
};

/// How a document is known.
struct DocumentName {
  std::string uri;
  std::string path;
  std::string language_id;
};

/// Thread: compatible.
class Document {
 public:
  /// Errors: those of EditedText::create().
  static Result<Document> create(DocumentName name, std::string text, PositionEncoding encoding);

  [[nodiscard]] const EditedText& text() const { return text_; }

  [[nodiscard]] const Language& language() const { return tree_.language(); }

  [[nodiscard]] const std::string& path() const { return name_.path; }

  /// Where it was edited last, newest first, in today's text.
  [[nodiscard]] const std::vector<ByteRange>& edited() const { return edited_; }

  /// Errors: those of EditedText::replace(); then nothing has changed.
  Status replace(EncodedRange range, std::string_view replacement);

  /// Errors: those of EditedText::create(); then nothing has changed.
  Status set_text(std::string text);

  /// Applies `edits` one after another, each to what the one before it left.
  /// Errors: those of replace() and set_text(); then only some of the edits may be applied.
  /// Cost: that of replace() for a few edits; for many that of one pass over the text, and of
  /// TextChunks::replace() for each.
  Status apply(std::span<const TextEdit> edits);

  /// The text as it is now. Cost: a copy after a change, else nothing.
  std::shared_ptr<const std::string> frozen_text();

  /// The tree as far as it is, with the edits since marked in it: to be brought up to frozen_text()
  /// elsewhere. Cost: constant.
  [[nodiscard]] SyntaxTree tree_so_far() const { return tree_.branch(); }

  /// The text without a tree. Cost: that of frozen_text().
  DocumentSnapshot unparsed_snapshot();

  /// Brings the tree up to date if `budget` is enough; without a tree otherwise.
  DocumentSnapshot snapshot(const ParseBudget& budget);

 private:
  Document(DocumentName name, EditedText text);

  Status apply_many(std::span<const TextEdit> edits);
  void remember_edit(const AppliedEdit& edit);

  DocumentName name_;
  EditedText text_;
  SyntaxTree tree_;
  std::shared_ptr<const std::string> frozen_;  ///< absent after a change
  std::vector<ByteRange> edited_;
};

}  // namespace fimd
