// The corpus of completions: what models write, and what a user is to see of it.
//
// tests/golden/postprocess/LANGUAGE.json is a list of cases:
//
//   name       what happens, as a claim
//   theme      what users complain about (docs/completion.md)
//   language   LSP's languageId
//   before     the file up to the cursor
//   hole       what the user wants replaced; usually absent
//   after      the rest of the file
//   mode       "single" or "multi"
//   raw        what the model wrote
//   text       what is shown; null when nothing is
//   replaced   how many bytes of `after` it replaces; absent for 0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "completion/site.h"

namespace fimd {

struct CorpusCase {
  std::string file;
  std::string name;
  std::string theme;
  std::string language;
  std::string before;
  std::string hole;
  std::string after;
  bool multi_line = true;
  std::string raw;
  std::optional<std::string> text;
  size_t num_replaced = 0;
};

std::vector<CorpusCase> load_corpus();

/// A case as postprocess() wants it; owns the text.
class CorpusSite {
 public:
  enum class Tree { kWith, kWithout };
  CorpusSite(const CorpusCase& test, Tree tree);

  [[nodiscard]] const Site& site() const { return site_; }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
  Site site_;
};

/// `text` with CRLF for its LF.
std::string with_crlf(const std::string& text);

}  // namespace fimd
