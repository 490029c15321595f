// The workspace's folders, configuration, registration and commands.
//
// A client may push its settings in didChangeConfiguration or let us pull the section kSection;
// those that can do both push null.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lsp/protocol/method.h"

namespace fimd::lsp {

/// Our part of an editor's settings.
inline constexpr std::string_view kSection = "fimd";

struct WorkspaceFolder {
  std::string uri;
  std::string name;
};

struct DidChangeWorkspaceFoldersParams {
  std::vector<WorkspaceFolder> added;
  std::vector<WorkspaceFolder> removed;
};

/// Asks for kSection; the result has one item.
struct ConfigurationParams {};

struct DidChangeConfigurationParams {
  Json settings;  ///< kSection of what was pushed, or else all of it; null when nothing was
};

enum class RegistrationKind { kInlineCompletion, kConfiguration };

struct RegistrationParams {
  std::vector<RegistrationKind> registrations;
};

struct ExecuteCommandParams {
  std::string command;
  std::vector<Json> arguments;
};

bool from_json(const Json& json, const JsonPath& path, WorkspaceFolder& out);
bool from_json(const Json& json, const JsonPath& path, DidChangeWorkspaceFoldersParams& out);
bool from_json(const Json& json, const JsonPath& path, DidChangeConfigurationParams& out);
bool from_json(const Json& json, const JsonPath& path, ExecuteCommandParams& out);
Json to_json(const ConfigurationParams& params);
Json to_json(const RegistrationParams& params);

inline constexpr RequestMethod<ConfigurationParams, std::vector<Json>> kConfiguration{
    "workspace/configuration"};
inline constexpr NotificationMethod<DidChangeWorkspaceFoldersParams> kDidChangeWorkspaceFolders{
    "workspace/didChangeWorkspaceFolders"};
inline constexpr NotificationMethod<DidChangeConfigurationParams> kDidChangeConfiguration{
    "workspace/didChangeConfiguration"};
inline constexpr RequestMethod<RegistrationParams, Nothing> kRegisterCapability{
    "client/registerCapability"};
inline constexpr RequestMethod<ExecuteCommandParams, Nothing> kExecuteCommand{
    "workspace/executeCommand"};

}  // namespace fimd::lsp
