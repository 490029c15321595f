// A recorded piece of typing, to be typed again: what `fimd bench --trace` measures with.
//
//   {"file": "queue.py", "language": "python", "text": "...", "steps": [
//     {"move": [12, 8]},        the cursor goes to line 12, column 8, both from 0, in bytes
//     {"type": "self.items"},   a key each; a line feed and the indentation behind it are one key
//     {"delete": 3},            as many times the backspace key
//     {"look": true}]}          the typist stops and looks at what is suggested
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "completion/edited_text.h"
#include "kernels/base/result.h"

namespace fimd {

struct TraceStep {
  enum class Kind { kMove, kType, kDelete, kLook };
  Kind kind = Kind::kLook;
  EncodedPosition position;  ///< kMove
  std::string text;          ///< kType
  int64_t count = 0;         ///< kDelete
};

struct Trace {
  std::string file;
  std::string language_id;
  std::string text;  ///< of the file before the first step
  std::vector<TraceStep> steps;
  bool exact = true;  ///< what is typed is what the steps say, whatever an editor types ahead
};

/// Errors: those of reading; kInvalidInput, the file and the step that is wrong.
Result<Trace> load_trace(const std::filesystem::path& path);

/// The file at `path`, typed from an empty buffer without a stop. Not exact: who typed it deleted
/// what the editor typed ahead in vain. Errors: those of reading.
Result<Trace> trace_of_file(const std::filesystem::path& path);

/// The bytes of `text` that its first key types.
size_t first_key_bytes(std::string_view text);

}  // namespace fimd
