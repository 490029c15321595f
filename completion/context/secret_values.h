// Whether a value looks like a secret: random rather than written by hand.
#pragma once

#include <cstddef>
#include <string_view>

namespace fimd {

/// A longer value is data; keys are shorter.
inline constexpr size_t kMaxSecretBytes = 4096;

/// What follows some vendor's prefix or stands where only a secret would: long enough, and made
/// of letters and digits in a way that words are not. UUIDs, words, paths and placeholders are
/// no such thing.
bool looks_random(std::string_view value);

/// Whether a quoted value under a name such as `password` is one: looks_random(), or a password
/// of letters, digits and signs.
bool looks_like_password(std::string_view value);

/// Whether something else is to be filled in: "${TOKEN}", "<token>", "{{ token }}", "%s", "xxxx".
bool is_placeholder(std::string_view value);

}  // namespace fimd
