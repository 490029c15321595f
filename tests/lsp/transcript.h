// Dialogues between a client and the server, in files that read like a log.
//
//   # A comment.
//   --> {"id": 1, "method": "shutdown"}     the client sends this; "jsonrpc" is added
//   ---
//   <-- {"id": 1, "result": null}           the server sends exactly this next
//   ---
//   raw [1, 2                               the client sends these bytes as a message's body
//   work                                    the worker runs the next request
//   call shut down                          the service has been called so, next
//   exit 0                                  the server wants to exit with this status
//
// A JSON value may span lines; every step but the last is followed by a line "---". In what is
// expected, "<any>", "<integer>" and "<string>" stand for such a value, and a field "...": true for
// any further fields. At the end nothing sent and no call may be left over.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace fimd::lsp {

/// A message that went over the wire.
struct RecordedMessage {
  bool from_server = false;
  std::string body;
};

/// Plays the transcript against a fresh server with a FakeService and reports every difference as a
/// test failure. Returns all messages.
std::vector<RecordedMessage> check_transcript(const std::filesystem::path& path);

/// Whether `found` is what `expected` describes.
bool matches(const nlohmann::json& expected, const nlohmann::json& found);

}  // namespace fimd::lsp
