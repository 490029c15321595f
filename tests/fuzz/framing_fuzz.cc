// A stream of LSP's frames: however its bytes are cut, the same messages and problems come out.
#include "lsp/framing.h"
#include "tests/fuzz/fuzz.h"

namespace fimd::lsp {
namespace {

/// The events of `stream`, given in pieces of `most_bytes` bytes and fewer, one line each.
std::string events_of(std::string_view stream, Resync resync, size_t most_bytes) {
  FrameParser parser(resync);
  std::string text;
  size_t piece = most_bytes;
  bool is_dead = false;
  while (!stream.empty()) {
    const std::string_view bytes = stream.substr(0, piece);
    stream.remove_prefix(bytes.size());
    for (const FrameEvent& event : parser.push(bytes)) {
      FIMD_CHECK(!is_dead);
      const auto* problem = std::get_if<FrameProblem>(&event);
      is_dead = problem != nullptr && problem->fatal;
      text += problem == nullptr ? "message " + std::get<std::string>(event) : problem->message;
      text += is_dead ? " (fatal)\n" : "\n";
    }
    piece = piece == 1 ? most_bytes : piece - 1;
  }
  return text;
}

void check_stream(std::string_view stream) {
  for (const Resync resync : {Resync::kAllowed, Resync::kNever}) {
    const std::string bytewise = events_of(stream, resync, 1);
    FIMD_CHECK(events_of(stream, resync, 7) == bytewise);
    FIMD_CHECK(events_of(stream, resync, stream.size() + 1) == bytewise);
  }
  // What we frame ourselves comes back, whatever it is.
  FIMD_CHECK(events_of(frame(stream), Resync::kNever, 1000) ==
             "message " + std::string(stream) + "\n");
}

}  // namespace
}  // namespace fimd::lsp

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size_bytes) {
  fimd::lsp::check_stream(fimd::fuzz::as_text(data, size_bytes));
  return 0;
}
