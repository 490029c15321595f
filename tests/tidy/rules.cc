#include "tests/tidy/rules.h"

namespace fimd {

std::vector<NamedRule> all_rules() {
  return {
      {"columns", check_columns},
      {"file lines", check_file_lines},
      {"ascii", check_ascii},
      {"whitespace", check_whitespace},
      {"file names", check_file_names},
      {"machine paths", check_machine_paths},
      {"markdown links", check_markdown_links},
      {"header opening", check_header_opening},
      {"using namespace", check_using_namespace},
      {"unused usings", check_unused_usings},
      {"banned words", check_banned_words},
      {"todos", check_todos},
      {"nolints", check_nolints},
      {"functions", check_functions},
      {"include paths", check_include_paths},
      {"include arrow", check_include_arrow},
      {"own header", check_own_header},
      {"test places", check_test_places},
      {"dead files", check_dead_files},
      {"globbing", check_globbing},
  };
}

}  // namespace fimd
