// The rules of the house that a program can check, one function each.
//
// A rule reads the tree and returns what breaks it; an empty answer is praise. Each rule has a test
// that shows it a broken file, because a check that cannot fail is worse than none. The rules are
// kept simple enough to be obeyed: where a heuristic and good code disagree, the heuristic is fixed
// or the exception is named in one of the lists of the .cc files.
#pragma once

#include <string>
#include <vector>

#include "tests/tidy/source_tree.h"

namespace fimd {

struct Finding {
  std::string path;
  int line = 0;  ///< counted from 1; 0: the whole file
  std::string message;
};

using Findings = std::vector<Finding>;
using Rule = Findings(const SourceTree& tree);

// text_rules.cc: any text file.
Rule check_columns;         ///< code has at most 100 columns
Rule check_file_lines;      ///< code has at most 400 lines a file
Rule check_ascii;           ///< code is ASCII; other characters are escapes
Rule check_whitespace;      ///< LF, a final newline, no tabs, no trailing blanks, not empty
Rule check_file_names;      ///< snake_case and an extension that we know
Rule check_machine_paths;   ///< no path of somebody's machine
Rule check_markdown_links;  ///< a relative link leads to a file or folder

// cpp_rules.cc: C++ and CUDA.
Rule check_header_opening;   ///< an essay of 1 to 25 lines, then #pragma once
Rule check_using_namespace;  ///< not in headers
Rule check_unused_usings;    ///< a name that a .cc takes from a namespace is used there
Rule check_banned_words;     ///< no throw, no std::format, no sleeping tests
Rule check_todos;            ///< work left over names its issue
Rule check_nolints;          ///< a silenced lint names its check and the reason
Rule check_functions;        ///< at most 70 lines (kernels: 150) and 5 parameters

// include_rules.cc
Rule check_include_paths;  ///< root-relative, of a header that exists
Rule check_include_arrow;  ///< editors -> lsp -> completion -> engine -> kernels -> kernels/base
Rule check_own_header;     ///< a .cc includes its own header first

// tree_rules.cc
Rule check_test_places;  ///< a test mirrors the path of its source
Rule check_dead_files;   ///< each source is built, each header included
Rule check_globbing;     ///< CMake lists its sources by hand

struct NamedRule {
  std::string name;
  Rule* check;
};

/// All of the above.
std::vector<NamedRule> all_rules();

}  // namespace fimd
