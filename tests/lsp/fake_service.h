// A service whose answers a transcript can foresee, and that notes down what the server calls.
//
// Suggestions insert "done()" at the cursor (beside a popup's entry: its text and "()"), with the
// ids s1, s2, ... A word in the document's URI asks for something else: "instant" answers at once,
// "failing" is an error, "cancelled" an error of a work that was stopped, "throwing" a surprise,
// "stray" a range on another line. Focussing fake:status, fake:tell, fake:show or fake:progress
// makes the service use its editor.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lsp/service.h"

namespace fimd::lsp {

class FakeService : public Service {
 public:
  /// `calls` receives a line for each call.
  FakeService(Editor& editor, std::vector<std::string>& calls) : editor_(editor), calls_(calls) {}

  void start(const SessionInfo& session) override;
  void configure(const Settings& settings) override;

  PreparationWork prepare() override { return nullptr; }

  void change_workspace(const WorkspaceChange& change) override;
  void open(OpenedDocument document) override;
  void change(const std::string& uri,
              int64_t version,
              const std::vector<DocumentEdit>& edits) override;

  void save(const std::string& uri) override { calls_.push_back("save " + uri); }

  void close(const std::string& uri) override;
  [[nodiscard]] const std::string* text(const std::string& uri) const override;
  void focus(const std::string& uri) override;
  std::variant<Suggestions, SuggestionWork> suggest(const SuggestionRequest& request) override;

  void shown(const std::string& id) override { calls_.push_back("shown " + id); }

  void accepted(const std::string& id) override { calls_.push_back("accepted " + id); }

  void partially_accepted(const std::string& id, const std::string& text) override;

  void shut_down() override { calls_.emplace_back("shut down"); }

 private:
  Editor& editor_;
  std::vector<std::string>& calls_;
  PositionEncoding encoding_ = PositionEncoding::kUtf16;
  std::map<std::string, EditedText> documents_;
  std::unique_ptr<ProgressDisplay> progress_;
  int num_suggestions_ = 0;
};

}  // namespace fimd::lsp
