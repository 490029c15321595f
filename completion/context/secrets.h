// Files and strings that never enter a prompt.
//
// A string is a secret by its shape (a private key's block, a token with a vendor's prefix, a
// password in a URL) or because something called a password, a token or the like is assigned a
// value that looks random. What people write by hand looks like words: identifiers, paths and
// placeholders stay, as do UUIDs, and digests under other names.
#pragma once

#include <string>
#include <string_view>

namespace fimd {

/// Whether the file's name says that it holds secrets: .env, id_rsa, *.pem, credentials, ...
/// Letters of either case are the same; a backup of such a file is one too.
bool is_secret_file(std::string_view path);

/// `text` with every string that looks like a secret (private keys, tokens of known shapes, values
/// of great entropy assigned to names such as `password`) replaced by as many '*' bytes; every
/// other byte, line ends included, stays in its place. Valid UTF-8 stays valid.
///
/// A text that was cut out of another may have lost the beginning or the end of a secret. Half a
/// private key is found as long as either of its marker lines is there; anything else, only where
/// what remains has the shape. So mask first, then cut (safe_text.h).
/// Cost: linear.
std::string mask_secrets(std::string_view text);

/// Whether `suggestion` has a run of '*' that only a masked text can have taught the model: at
/// least four, and longer than any that `document` has itself.
bool has_masked_run(std::string_view suggestion, std::string_view document);

}  // namespace fimd
