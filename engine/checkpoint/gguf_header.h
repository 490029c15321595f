// The header of a GGUF file, field by field: what gguf.cc reads it with.
//
// A cursor never leaves the bytes that it was given, takes no count for granted, and names the key
// or tensor that it is in. gguf.h draws the format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/checkpoint/gguf.h"
#include "kernels/base/result.h"

namespace fimd {

/// Takes a header's fields in their order. Errors (all of its functions): kInvalidInput, the file
/// or the limit of a header ends before the field does.
class GgufCursor {
 public:
  /// At the beginning of `file`, a whole file.
  explicit GgufCursor(std::span<const std::byte> file);

  /// What messages begin with from here on.
  void enter(std::string place) { place_ = std::move(place); }

  /// The error that says `found`, such as "has no name", of the place.
  [[nodiscard]] tl::unexpected<Error> wrong(const std::string& found,
                                            ErrorCode code = ErrorCode::kInvalidInput) const {
    return fail(code, place_ + " " + found);
  }

  [[nodiscard]] int64_t offset_bytes() const { return offset_bytes_; }

  template <typename T>
  Result<T> number() {
    FIMD_TRY(const std::span<const std::byte> bytes, take(sizeof(T)));
    T value;
    std::memcpy(&value, bytes.data(), sizeof(value));
    return value;
  }

  Result<std::span<const std::byte>> take(uint64_t size_bytes);

  /// A length and its bytes, `max_bytes` at most.
  Result<std::string_view> text(std::string_view what, int64_t max_bytes);

  /// The number of `what` that follow, each of `least_bytes` or more.
  Result<int64_t> count(std::string_view what, int64_t least_bytes);

 private:
  [[nodiscard]] int64_t rest_bytes() const { return std::ssize(bytes_) - offset_bytes_; }

  std::span<const std::byte> bytes_;  // of the file that a header may have
  std::string end_text_;
  int64_t offset_bytes_ = 0;
  std::string place_ = "header";
};

/// A key's name and value; its arrays are walked to their ends. `ordinal` is "3 of 26".
Result<GgufKey> read_key(GgufCursor& cursor, const std::string& ordinal);

/// A tensor's name, type, shape and offset, with the size that follows from them.
Result<GgufTensor> read_tensor(GgufCursor& cursor, const std::string& ordinal);

/// The scalar of type `type` at `at`.
GgufValue scalar_at(GgufType type, const std::byte* at);

/// Bytes of a scalar; 0 for texts and arrays.
int64_t scalar_bytes(GgufType type);

/// `key "a"`, `tensor "b"`, for messages.
std::string name_text(const char* kind, std::string_view name);

}  // namespace fimd
