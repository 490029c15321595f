#include "completion/postprocess/right_text.h"

#include <algorithm>

#include "completion/syntax/text_lines.h"
#include "completion/syntax/typed_ahead.h"

namespace fimd {

std::string_view line_before(const Site& site) {
  const size_t cursor = std::min(site.cursor.value, site.view.text.size());
  const size_t begin = line_begin(site.view.text, cursor);
  return site.view.text.substr(begin, cursor - begin);
}

std::string_view indentation_before(const Site& site) {
  const std::string_view line = line_before(site);
  return line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
}

std::string_view closing_text(const Site& site) {
  return closing_of(rest_of_line(site.view.text, site.hole_end.value));
}

}  // namespace fimd
