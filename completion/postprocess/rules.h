// The rules that turn what a model wrote into what an editor shows, one function each.
//
// A rule changes the draft or leaves it alone, and drops it where nothing good is left. Each is
// total: it takes any draft, so their order (postprocess.cc) is a matter of quality, not of safety.
#pragma once

#include <string>
#include <string_view>

#include "completion/postprocess/postprocess.h"
#include "completion/postprocess/site_brackets.h"

namespace fimd {

/// A suggestion in the making: replaces [site.cursor, end) by `text`.
struct Draft {
  SiteBrackets& brackets;
  const Site& site;  ///< of `brackets`
  std::string text;  ///< LF line ends, valid UTF-8
  ByteOffset end;
  const Completion* passed = nullptr;  ///< what the rules made before, which parses

  [[nodiscard]] std::string_view before() const {
    return site.view.text.substr(0, site.cursor.value);
  }
};

/// False drops the draft.
using PostprocessRule = bool(Draft& draft);

// echo.cc: what precedes the cursor.
PostprocessRule remove_echoed_lines;  ///< lines above the cursor, written again
PostprocessRule remove_echoed_words;  ///< words before it: "return " + "return x"

// indent.cc
PostprocessRule join_cursor_column;  ///< blanks and line ends that the cursor's line has already
PostprocessRule indent_lines;        ///< the file's tabs, level and base; not within literals

// align.cc: what follows the cursor.
PostprocessRule remove_following_lines;  ///< at the end, those that follow anyhow
PostprocessRule align_right_text;        ///< ");" to the right is replaced or not written again
PostprocessRule drop_unbalanced;         ///< no closer that nothing opened, no literal left open
PostprocessRule trim_end;                ///< blanks, save a line end that what follows needs

// parse_check.cc
PostprocessRule keep_parsing;  ///< a file that parsed still does: closes, shortens or drops

// worth.cc
PostprocessRule drop_worthless;  ///< blank, only closers, a bare comment marker, what is there

}  // namespace fimd
