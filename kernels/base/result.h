// Operating errors: what a file, a peer or the machine can do wrong, as values.
//
// A function that can fail returns Result<T>. The message names the thing, what was found and what
// was expected, in lower case, and is shown to the user as it is. We throw no exceptions; those of
// libraries are caught where the library is called.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace fimd {

enum class ErrorCode {
  kInvalidInput,  ///< a file, an argument or a message is malformed or out of range
  kNotFound,      ///< a file, a tensor, a token or a backend is missing
  kUnsupported,   ///< well formed, but not something this program does
  kOutOfMemory,   ///< a budget of memory is spent
  kCancelled,     ///< the caller asked to stop
  kConflict,      ///< the world changed meanwhile (a file edited under our feet)
  kIo,            ///< the operating system refused a read or a write
  kInternal,      ///< a bug of ours that one request survives
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
};

/// A T or the Error that took its place. Ignoring one is a warning: Debian's tl::expected would let
/// it pass.
template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

/// A Result without a value.
using Status = Result<void>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

}  // namespace fimd

// NOLINTBEGIN(bugprone-macro-parentheses): a declaration takes no parentheses
#define FIMD_CONCAT_INNER(a, b) a##b
#define FIMD_CONCAT(a, b) FIMD_CONCAT_INNER(a, b)

/// Evaluates `expression`, a Result: returns its error from the calling function, or else
/// initialises `declaration` with its value. It and FIMD_TRY_STATUS are the only macros that
/// return.
#define FIMD_TRY(declaration, expression) \
  FIMD_TRY_INNER(declaration, (expression), FIMD_CONCAT(fimd_result_, __LINE__))
#define FIMD_TRY_INNER(declaration, expression, result)            \
  auto result = expression;                                        \
  if (!result) return ::tl::unexpected(std::move(result).error()); \
  declaration = *std::move(result)

/// FIMD_TRY for a Status.
#define FIMD_TRY_STATUS(expression)                                            \
  do {                                                                         \
    auto fimd_status = (expression);                                           \
    if (!fimd_status) return ::tl::unexpected(std::move(fimd_status).error()); \
  } while (false)
// NOLINTEND(bugprone-macro-parentheses)
