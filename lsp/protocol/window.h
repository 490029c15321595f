// What the editor shows besides text: messages, progress, and whether fimd is busy.
//
// Status has two names: clients made for Copilot know didChangeStatus; the others get ours, which
// begins with "$/", so that a client that does not know it ignores it without a complaint.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "lsp/protocol/method.h"

namespace fimd::lsp {

enum class MessageType { kError = 1, kWarning = 2, kInfo = 3, kLog = 4, kDebug = 5 };

/// window/logMessage and window/showMessage.
struct MessageParams {
  MessageType type = MessageType::kInfo;
  std::string message;
};

struct ProgressToken {
  std::variant<int64_t, std::string> value;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads a defaulted comparison
  auto operator<=>(const ProgressToken&) const = default;
};

struct WorkDoneProgressParams {
  ProgressToken token;
};

struct ProgressBegin {
  std::string title;
  bool cancellable = false;
};

struct ProgressReport {
  std::string message;
  std::optional<uint32_t> percentage;
};

struct ProgressEnd {
  std::string message;
};

struct ProgressParams {
  ProgressToken token;
  std::variant<ProgressBegin, ProgressReport, ProgressEnd> value;
};

enum class StatusKind { kNormal, kWarning, kError, kInactive };
enum class StatusState { kLoading, kReady, kWorking, kFailed };

/// The part that Copilot's clients know.
struct StatusParams {
  StatusKind kind = StatusKind::kNormal;
  bool busy = false;
  std::string message;
};

struct SilenceParams {
  std::string uri;
  std::string reason;
  std::string text;
};

/// What is empty or absent is left out.
struct FimdStatusParams {
  StatusParams status;
  std::string model;
  std::optional<StatusState> state;
  std::optional<uint32_t> percent;
  std::string setting;
  std::optional<SilenceParams> silence;
};

bool from_json(const Json& json, const JsonPath& path, ProgressToken& out);
bool from_json(const Json& json, const JsonPath& path, WorkDoneProgressParams& out);
Json to_json(const MessageParams& params);
Json to_json(const WorkDoneProgressParams& params);
Json to_json(const ProgressParams& params);
Json to_json(const StatusParams& params);
Json to_json(const FimdStatusParams& params);

inline constexpr NotificationMethod<MessageParams> kLogMessage{"window/logMessage"};
inline constexpr NotificationMethod<MessageParams> kShowMessage{"window/showMessage"};
inline constexpr RequestMethod<WorkDoneProgressParams, Nothing> kProgressCreate{
    "window/workDoneProgress/create"};
inline constexpr NotificationMethod<WorkDoneProgressParams> kProgressCancel{
    "window/workDoneProgress/cancel"};
inline constexpr NotificationMethod<ProgressParams> kProgress{"$/progress"};
inline constexpr NotificationMethod<StatusParams> kDidChangeStatus{"didChangeStatus"};
inline constexpr NotificationMethod<FimdStatusParams> kFimdStatus{"$/fimd/status"};

}  // namespace fimd::lsp
