// What completion knows of each programming language: one table.
//
// A row says how to recognise a language (LSP's languageId, file names, extensions) and how its
// text is put together: comments, quotes, brackets, what delimits a block. That is enough for the
// questions of brackets.h and scope.h, so a language without a grammar (grammars.h has the others)
// completes too, only with coarser answers. A file of no known language is plain_text().
//
// Lists within a row are words separated by blanks, in the order in which they are tried.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace fimd {

/// How a block shows where it ends.
enum class BlockStyle {
  kBraces,       ///< { ... }
  kIndentation,  ///< a line that is indented less
  kKeywords,     ///< end, fi, done, ...
  kTags,         ///< </name>
};

/// One kind of string literal.
struct QuoteRule {
  std::string_view open;
  std::string_view close;
  bool escapes = true;              ///< a backslash takes the next character's meaning
  bool multi_line = false;          ///< else a line end ends an unterminated literal
  std::string_view interpolations;  ///< begin code within the literal: "${"
  bool doubled = false;             ///< "{{" begins none
  std::string_view prefixes;        ///< letters, one of which must be in the word before `open`
  bool only_characters = false;     ///< closes after one character or escape, else it is no quote
  bool after_blank = false;         ///< opens only where a value can begin (YAML's plain scalars)
};

struct Language {
  std::string_view id;          ///< LSP's languageId
  std::string_view aliases;     ///< other ids, and names that people use, in lower case
  std::string_view dialect_of;  ///< the id of the language that it extends
  std::string_view extensions;  ///< lower case, without the dot
  std::string_view file_names;

  std::string_view line_comments;
  std::string_view block_comment_open;
  std::string_view block_comment_close;
  bool nested_comments = false;
  bool comment_after_blank = false;  ///< a line comment begins only after a blank or a line end

  BlockStyle block_style = BlockStyle::kBraces;
  std::span<const QuoteRule> quotes;
  bool regex_literals = false;
  std::string_view brackets = "(){}[]";
  std::string_view unpaired;  ///< closers that also stand alone (Bash: `case` patterns)

  /// A line that begins so, in its first column, imports.
  std::string_view imports;
  /// kBraces: first words of a header whose block holds a file's items, not indented.
  std::string_view flat_blocks;
  /// kKeywords: words that open a block at the beginning of a line or a value ...
  std::string_view block_headers;
  /// ... anywhere in a line ...
  std::string_view block_words;
  /// ... at the end of one ...
  std::string_view block_openers;
  /// ... and that close it at a line's beginning.
  std::string_view block_closers;
  /// First words of a line that goes on with the statement above it.
  std::string_view continuations;
};

/// Every row; plain_text() is the last.
std::span<const Language> all_languages();

/// No comments, no quotes, no brackets, kIndentation.
const Language& plain_text();

/// The language of a document: `language_id` if the table has it, or else by file name, then by
/// extension, of `path` (or URI), or else plain_text(). Either may be empty.
const Language& detect_language(std::string_view path, std::string_view language_id);

/// Whether `names`, as people spell languages ("C++", "Shell"), have `language`, or the one whose
/// dialect it is; also true if they are empty.
bool is_named(const Language& language, std::span<const std::string> names);

}  // namespace fimd
