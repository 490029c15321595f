// The life of a session: what the two sides can do, trace, cancellation, the end.
//
// Of the hundreds of capabilities a client sends, those that change what we do are kept, flat.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lsp/json_rpc.h"
#include "lsp/protocol/method.h"
#include "lsp/protocol/workspace.h"

namespace fimd::lsp {

struct ClientCapabilities {
  /// In the client's order of preference; encodings that we do not know are left out.
  std::vector<PositionEncoding> position_encodings;
  /// The client knows textDocument/inlineCompletion. One of them says so with a null.
  bool inline_completion = false;
  bool inline_completion_registration = false;  ///< and wants it registered dynamically
  bool configuration = false;                   ///< workspace/configuration may be asked
  bool configuration_registration = false;      ///< didChangeConfiguration wants registration
  bool work_done_progress = false;              ///< window/workDoneProgress/create may be asked
};

enum class TraceValue { kOff, kMessages, kVerbose };

struct InitializeParams {
  ClientCapabilities capabilities;
  std::optional<int64_t> process_id;  ///< of the client; absent: nobody started us
  std::string client_name;            ///< empty when the client does not say
  std::string client_version;
  std::string locale;
  std::vector<WorkspaceFolder> workspace_folders;  ///< of one folder for a client with a root only
  TraceValue trace = TraceValue::kOff;
  Json initialization_options;
  bool has_editor_info = false;  ///< the options name the editor, as clients of Copilot do
};

struct InitializeResult {
  PositionEncoding position_encoding = PositionEncoding::kUtf16;
  bool offers_inline_completion = false;
  bool offers_completion = false;
  std::vector<std::string> commands;
  std::string server_version;
};

struct SetTraceParams {
  TraceValue value = TraceValue::kOff;
};

struct LogTraceParams {
  std::string message;
  std::optional<std::string> verbose;
};

struct CancelParams {
  RpcId id;
};

bool from_json(const Json& json, const JsonPath& path, ClientCapabilities& out);
bool from_json(const Json& json, const JsonPath& path, TraceValue& out);
bool from_json(const Json& json, const JsonPath& path, InitializeParams& out);
bool from_json(const Json& json, const JsonPath& path, SetTraceParams& out);
bool from_json(const Json& json, const JsonPath& path, CancelParams& out);
Json to_json(const InitializeResult& result);
Json to_json(const LogTraceParams& params);

inline constexpr RequestMethod<InitializeParams, InitializeResult> kInitialize{"initialize"};
inline constexpr NotificationMethod<Nothing> kInitialized{"initialized"};
inline constexpr RequestMethod<Nothing, Nothing> kShutdown{"shutdown"};
inline constexpr NotificationMethod<Nothing> kExit{"exit"};
inline constexpr NotificationMethod<CancelParams> kCancelRequest{"$/cancelRequest"};
inline constexpr NotificationMethod<SetTraceParams> kSetTrace{"$/setTrace"};
inline constexpr NotificationMethod<LogTraceParams> kLogTrace{"$/logTrace"};

}  // namespace fimd::lsp
