// The manual page fimd(1), written from the parser itself: every command, its options and its
// examples, in the macros of man(7).
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace fimd {

std::string manual_page(const CLI::App& app);

}  // namespace fimd
