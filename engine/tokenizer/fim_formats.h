// How models were trained to fill holes: the names of their markers, a row for each family.
//
//   PREFIX marker, text before the hole, SUFFIX marker, text behind it, MIDDLE marker, the answer
//
// A vocabulary that has a row's three markers uses that row; of several rows the first.
#pragma once

#include <span>
#include <string_view>

namespace fimd {

struct FimFormat {
  std::string_view prefix;
  std::string_view suffix;
  std::string_view middle;
};

std::span<const FimFormat> fim_formats();

/// Whether a row has a marker spelled so.
bool is_fim_marker(std::string_view spelling);

}  // namespace fimd
