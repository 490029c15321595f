// What a shell needs to complete a command line of fimd: written from the parser itself, so that it
// knows every command and option that there is. An argument whose type is written as words between
// bars (auto|always|never) is completed with these words, any other with a file.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace fimd {

/// For ~/.local/share/bash-completion/completions/fimd.
std::string bash_completions(const CLI::App& app);

/// For a folder of zsh's $fpath, as _fimd.
std::string zsh_completions(const CLI::App& app);

/// For ~/.config/fish/completions/fimd.fish.
std::string fish_completions(const CLI::App& app);

}  // namespace fimd
