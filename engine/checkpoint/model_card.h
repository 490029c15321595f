// What a model's card, the README.md in its folder, says to programs: the front matter that Hugging
// Face's cards begin with.
//
//   ---
//   license: mit
//   programming_language:
//   - Python
//   - C++
//   ---
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace fimd {

/// The languages that the front matter of `card` names, as it spells them; none where it has no
/// `programming_language`, or none of them is text. Total: any bytes.
std::vector<std::string> card_languages(std::string_view card);

/// The same of the card in `folder`; none if there is none that can be read.
std::vector<std::string> model_languages(const std::filesystem::path& folder);

}  // namespace fimd
