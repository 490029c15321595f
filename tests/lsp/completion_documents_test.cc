// Which documents a CompletionService shows to its model; git says what a thousand random ones are.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>

#include "completion/context/secrets.h"
#include "tests/lsp/completion_fixture.h"
#include "tests/support/run_command.h"
#include "tests/support/temp_folder.h"

namespace fimd::lsp {
namespace {

namespace fs = std::filesystem;

struct CompletionDocumentsTest : CompletionServiceTest {
  /// The URI of a file below the folder.
  std::string uri_of(const std::string& path) const {
    return "file://" + folder.path().native() + "/" + path;
  }

  void start_at(const std::vector<std::string>& roots) {
    service.start({.position_encoding = PositionEncoding::kUtf16, .workspace_uris = roots});
  }

  bool is_shown(const std::string& uri) {
    open(uri, kText);
    const bool shown = !suggest(kCursor, /*invoked=*/true, uri).empty();
    service.close(uri);
    return shown;
  }

  TempFolder folder;
};

TEST_F(CompletionDocumentsTest, AreHiddenWhateverTheRootIs) {
  folder.write("p1/.git/HEAD", "");
  folder.write("p2/.git/HEAD", "");
  folder.write("p2/.gitignore", "priv/\n");
  fs::create_directories(folder.path() / "p2/src/priv");
  const std::vector<std::vector<std::string>> all_roots = {{},
                                                           {uri_of("p1")},
                                                           {uri_of("p2")},
                                                           {uri_of("p2/./")},
                                                           {uri_of("p2/src/")},
                                                           {uri_of("p1/../p2")}};
  for (const std::vector<std::string>& roots : all_roots) {
    start_at(roots);
    for (const char* hidden : {"p2/priv/q.py", "p2/src/priv/q.py", "p2/./priv//q.py"}) {
      EXPECT_FALSE(is_shown(uri_of(hidden))) << hidden;
    }
    EXPECT_FALSE(is_shown("file:" + folder.path().native() + "/p2/priv/q.py"));
    EXPECT_FALSE(is_shown("file://localhost" + folder.path().native() + "/p2/p%72iv/q.py"));
    EXPECT_FALSE(is_shown("vscode-notebook-cell:" + folder.path().native() + "/p2/priv/q.ipynb#1"));
    EXPECT_FALSE(is_shown("untitled:.env-prod"));
    EXPECT_FALSE(is_shown(uri_of(".ssh/work_key")));
    EXPECT_FALSE(is_shown(uri_of(".kube/config")));
    EXPECT_TRUE(is_shown(uri_of("p1/priv/q.py")));
    EXPECT_TRUE(is_shown(uri_of("p2/src/q.py")));
    EXPECT_TRUE(is_shown("untitled:Untitled-1"));
  }
}

TEST_F(CompletionDocumentsTest, AreLookedAtAgainHoweverTheirUriIsSpelled) {
  fs::create_directories(folder.path() / "p");
  fs::create_directory_symlink("p", folder.path() / "link");
  start_at({uri_of("p")});
  const std::vector<std::string> uris = {
      uri_of("p/a.py"), uri_of("p/./a.py"), uri_of("link/a.py"), uri_of("link/x/../a.py")};
  for (const std::string& rules : {uri_of("p/.gitignore"), uri_of("link/./.gitignore")}) {
    for (const std::string& uri : uris) open(uri, kText);
    folder.write("p/.gitignore", "a.py\n");
    service.save(rules);
    for (const std::string& uri : uris) EXPECT_EQ(suggest(kCursor, /*invoked=*/true, uri), "");
    EXPECT_TRUE(requests().empty());
    folder.write("p/.gitignore", "");
    for (const std::string& uri : uris) service.close(uri);
  }
}

TEST_F(CompletionDocumentsTest, AreNamedByTheirPathInTheWorkspace) {
  const auto first_line = [&](const std::string& uri) {
    open(uri, kText);
    EXPECT_NE(suggest(kCursor, /*invoked=*/true, uri), "");
    service.close(uri);
    return prefix_of(requests().back()).substr(0, prefix_of(requests().back()).find('\n'));
  };
  fs::create_directories(folder.path() / "p");
  fs::create_directory_symlink("p", folder.path() / "link");
  start_at({uri_of("p/./")});
  EXPECT_EQ(first_line(uri_of("p/a/b.py")), "# a/b.py");
  EXPECT_EQ(first_line(uri_of("link/a/b.py")), "# a/b.py");
  EXPECT_EQ(first_line(uri_of("q/a/b.py")), "# b.py");
  service.change_workspace({.added = {uri_of("q/")}, .removed = {uri_of("p")}});
  EXPECT_EQ(first_line(uri_of("q/a/c.py")), "# a/c.py");
  EXPECT_EQ(first_line(uri_of("p/a/c.py")), "# c.py");
}

TEST_F(CompletionDocumentsTest, SayOnceWhyTheyAreHidden) {
  folder.write(".gitignore", "made.py\n");
  start_at({uri_of("")});
  const std::string uri = uri_of("made.py");
  open(uri, kText);
  EXPECT_EQ(suggest(kCursor, /*invoked=*/false, uri), "");
  EXPECT_TRUE(editor.shown.empty()) << "nobody asked";
  EXPECT_EQ(suggest(kCursor, /*invoked=*/true, uri), "");
  EXPECT_EQ(suggest(kCursor, /*invoked=*/true, uri), "");
  EXPECT_EQ(editor.shown,
            std::vector<std::string>{
                "fimd suggests nothing in made.py: it is ignored by .gitignore or .fimdignore"});
}

TEST_F(CompletionDocumentsTest, ShowWhyTheOneInFrontIsSilent) {
  folder.write(".gitignore", "made.py\n");
  generator->set_languages({"Python", "C++"});
  service.start({.client_name = "Neovim",
                 .workspace_uris = {uri_of("")},
                 .settings = {{"enable.go", false}, {"enable.markdown", true}}});
  prepare();
  const auto reason = [&](const std::string& name, const char* language) {
    open(uri_of(name), kText, language);
    service.focus(uri_of(name));
    const std::optional<Silence>& silence = editor.statuses.back().silence;
    EXPECT_TRUE(!silence || silence->uri == uri_of(name));
    EXPECT_TRUE(!silence || editor.statuses.back().message == silence->text);
    return silence ? silence->reason : "none";
  };
  EXPECT_EQ(reason("a.py", "python"), "none");
  EXPECT_EQ(reason("made.py", "python"), "ignored");
  EXPECT_EQ(reason("a.cc", "cpp"), "none");
  EXPECT_EQ(reason(".env", "shellscript"), "excluded_name");
  EXPECT_EQ(reason("a.txt", "plaintext"), "prose");
  EXPECT_EQ(reason("a.go", "go"), "disabled");
  EXPECT_EQ(reason("a.rs", "rust"), "unknown_language");
  EXPECT_EQ(reason("b.md", "markdown"), "unknown_language") << "enabled by name";
  suggest(kCursor, /*invoked=*/false, uri_of("a.py"));
  EXPECT_FALSE(editor.statuses.back().silence) << "whoever asks is in front";
  service.focus(uri_of("made.py"));
  service.focus("");
  EXPECT_FALSE(editor.statuses.back().silence) << "nothing is in front";
}

/// While it lives, git and fimd find their settings in `home`.
class GitHome {
 public:
  explicit GitHome(const fs::path& home) {
    set("HOME", home.c_str());
    set("XDG_CONFIG_HOME", (home / ".config").c_str());
    set("GIT_CONFIG_NOSYSTEM", "1");
    set("GIT_CONFIG_GLOBAL", nullptr);
  }

  ~GitHome() {
    for (const auto& [name, value] : before_) put(name.c_str(), value ? value->c_str() : nullptr);
  }

  GitHome(const GitHome&) = delete;
  GitHome& operator=(const GitHome&) = delete;

 private:
  static void put(const char* name, const char* value) {
    if (value == nullptr) {
      ::unsetenv(name);
    } else {
      ::setenv(name, value, 1);
    }
  }

  void set(const char* name, const char* value) {
    const char* old = std::getenv(name);
    before_[name] = old == nullptr ? std::nullopt : std::optional<std::string>(old);
    put(name, value);
  }

  std::map<std::string, std::optional<std::string>> before_;
};

/// Random paths in repositories with rules of every kind, and what git and the names say of each.
class RandomWorkspace {
 public:
  explicit RandomWorkspace(const fs::path& folder) : folder_(folder) {
    write("home/.gitconfig", "[core]\n\texcludesFile = ~/rules\n");
    write("home/rules", "*.scratch\n!keep.scratch\n");
    for (const std::string& root : roots_) {
      fs::create_directories(folder_ / root);
      EXPECT_EQ(git(root, {"init", "-q"}).exit_code, 0) << "git is needed";
    }
    write("p1/.gitignore", "*.log\nbuild/\n/docs/*.txt\n!keep.log\n");
    write("p1/src/.gitignore", "/notes.txt\n!a.log\npriv\n");
    write("p1/.git/info/exclude", "mine.*\n");
    write("p2/.gitignore", "priv/\n**/build/*.py\n");
    write("p2/src/.gitignore", "*\n!*/\n!q.py\n");
    write("p1/lib/inner/.gitignore", "a.*\n");
  }

  /// Relative to the folder.
  std::string random_path() {
    std::string path = pick(roots_);
    for (int depth = pick_number(4); depth > 0; --depth) path.append("/").append(pick(folders_));
    return path + "/" + pick(files_);
  }

  /// One of the many ways to write the URI of a path.
  std::string spelled(const std::string& path) {
    std::string text;
    for (const char c : folder_.native() + "/" + path) {
      text += c;
      if (c != '/' || pick_number(6) > 0) continue;
      const std::array<std::string, 4> detours = {"./", "/", "x/../", "././/"};
      text += detours.at(static_cast<size_t>(pick_number(4)));
    }
    std::string uri;
    for (const char c : text) {
      std::array<char, 4> escape = {};
      const auto byte = static_cast<unsigned char>(c);
      std::snprintf(escape.data(), escape.size(), pick_number(2) > 0 ? "%%%02X" : "%%%02x", byte);
      uri += c == ' ' || c == '%' || (c != '/' && pick_number(12) == 0) ? escape.data()
                                                                        : std::string(1, c);
    }
    static constexpr std::array<const char*, 3> kBegins = {"file://", "file:", "file://localhost"};
    // "file:" and two slashes would begin a host.
    const size_t begin = uri.starts_with("//") ? 0 : static_cast<size_t>(pick_number(3));
    return kBegins.at(begin) + uri;
  }

  /// Those of `paths` that no model may see.
  std::set<std::string> hidden(const std::vector<std::string>& paths) {
    std::set<std::string> hidden;
    std::map<std::string, std::string> questions;
    for (const std::string& path : paths) {
      if (is_secret_file(path)) hidden.insert(path);
      const std::string root =
          path.starts_with("p1/lib/inner/") ? "p1/lib/inner" : path.substr(0, 2);
      questions[root] += path.substr(root.size() + 1) + '\0';
    }
    for (const auto& [root, question] : questions) {
      const CommandResult answer =
          git(root, {"check-ignore", "--no-index", "--stdin", "-z"}, question);
      EXPECT_LE(answer.exit_code, 1) << answer.errors;
      for (size_t at = 0; at < answer.output.size();) {
        const std::string path = answer.output.c_str() + at;
        hidden.insert(std::string(root).append("/").append(path));
        at += path.size() + 1;
      }
    }
    return hidden;
  }

  std::string random_root() { return spelled(pick(roots_)) + (pick_number(2) > 0 ? "/" : ""); }

 private:
  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path) << text;
  }

  [[nodiscard]] CommandResult git(const std::string& root,
                                  const std::vector<std::string>& words,
                                  std::string input = {}) const {
    std::vector<std::string> command = {"/usr/bin/env", "git", "-C", (folder_ / root).native()};
    command.insert(command.end(), words.begin(), words.end());
    return run_command(command, {.input = std::move(input)});
  }

  int pick_number(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  std::string pick(const std::vector<std::string>& names) {
    return names[static_cast<size_t>(pick_number(static_cast<int>(names.size())))];
  }

  const std::vector<std::string> roots_ = {"p1", "p2", "p1/lib/inner"};
  const std::vector<std::string> folders_ = {
      "src", "priv", "build", "docs", "a b", ".ssh", "x", "deep"};
  const std::vector<std::string> files_ = {"q.py",
                                           "a.log",
                                           "keep.log",
                                           "notes.txt",
                                           "mine.py",
                                           "x.scratch",
                                           "keep.scratch",
                                           "a.c",
                                           ".env-prod",
                                           "id_rsa",
                                           "priv",
                                           "\xC3\xA9 .py"};
  const fs::path folder_;
  std::mt19937 random_{20261126};
};

TEST_F(CompletionDocumentsTest, AreShownExactlyWhereGitAndTheNamesAllowIt) {
  constexpr size_t kBatches = 300;
  constexpr size_t kBatchSize = 10;
  const GitHome home(folder.path() / "home");
  RandomWorkspace workspace(folder.path());
  std::vector<std::string> paths;
  paths.reserve(kBatches * kBatchSize);
  for (size_t i = 0; i < kBatches * kBatchSize; ++i) paths.push_back(workspace.random_path());
  const std::set<std::string> hidden = workspace.hidden(paths);
  EXPECT_GT(hidden.size(), 100U);
  size_t num_shown = 0;
  for (size_t begin = 0; begin < paths.size(); begin += kBatchSize) {
    const std::string root = workspace.random_root();
    CompletionService session(editor, source());
    session.start({.position_encoding = PositionEncoding::kUtf16, .workspace_uris = {root}});
    std::map<std::string, std::string> uris;  // of paths
    for (size_t i = begin; i < begin + kBatchSize; ++i) {
      const std::string uri = workspace.spelled(paths[i]);
      if (!uris.emplace(paths[i], uri).second) continue;
      session.open({.uri = uri,
                    .language_id = "python",
                    .text = "def items_" + std::to_string(i) + "_of_queue(self): pass\n" +
                            std::string(hidden.contains(paths[i]) ? "# PRIVATE\n" : "") + kText});
    }
    for (const auto& [path, uri] : uris) {
      const size_t num_before = requests().size();
      const uint32_t line = kCursor.line + (hidden.contains(path) ? 2 : 1);
      auto answer =
          session.suggest({.uri = uri, .position = {line, kCursor.character}, .invoked = true});
      if (auto* work = std::get_if<SuggestionWork>(&answer)) {
        EXPECT_TRUE((*work)({}));
      }
      const bool shown = requests().size() > num_before;
      EXPECT_EQ(shown, !hidden.contains(path)) << path << " as " << uri << " below " << root;
      if (!shown) continue;
      ++num_shown;
      EXPECT_EQ(prefix_of(requests().back()).find("PRIVATE"), std::string::npos) << path;
    }
  }
  EXPECT_GT(num_shown, 1000U);
}

}  // namespace
}  // namespace fimd::lsp
