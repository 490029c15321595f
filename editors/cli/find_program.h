// Programs by their names, as a shell finds them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace fimd {

/// The first executable file called `name` in the folders of `path`, which is written as $PATH is;
/// empty: there is none. Folders that are not absolute are passed over.
std::filesystem::path find_program(std::string_view name, std::string_view path);

}  // namespace fimd
