#include "completion/syntax/syntax_tree.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace fimd {
namespace {

constexpr size_t kReadBytes = size_t{16} << 10;

// A token longer than that many reads, a quarter of a megabyte, is checked on while it is read.
// Stopping there loses what was parsed, so no ordinary file should come to it.
constexpr int kMaxUncheckedReads = 16;

// One call of the parser: serves it text and watches the budget. Once that is spent it stays so.
class Run {
 public:
  Run(std::string_view text, const ParseBudget& budget)
      : text_(text), budget_(budget), checks_left_(budget.max_checks) {}

  TSTree* parse(TSParser* parser, const TSTree* old_tree) {
    const TSInput input = {.payload = this, .read = read, .encoding = TSInputEncodingUTF8};
    const TSParseOptions options = {.payload = this, .progress_callback = is_stopped};
    return ts_parser_parse_with_options(parser, old_tree, input, options);
  }

  /// Whether the parser was told that the text ends before it does.
  [[nodiscard]] bool cut_off() const { return cut_off_; }

 private:
  static const char* read(void* payload, uint32_t offset, TSPoint, uint32_t* num_bytes) {
    Run& run = *static_cast<Run*>(payload);
    const std::string_view rest = run.text_.substr(std::min<size_t>(offset, run.text_.size()));
    const bool stopped = ++run.num_reads_ > kMaxUncheckedReads && !rest.empty() && run.spend();
    run.cut_off_ = run.cut_off_ || stopped;
    *num_bytes = stopped ? 0 : static_cast<uint32_t>(std::min(rest.size(), kReadBytes));
    return rest.data();
  }

  static bool is_stopped(TSParseState* state) {
    Run& run = *static_cast<Run*>(state->payload);
    run.num_reads_ = 0;
    return run.spend();
  }

  // One check; returns whether there is nothing left.
  bool spend() {
    stopped_ = stopped_ || checks_left_-- <= 0 || budget_.stop.stop_requested() ||
               (budget_.deadline != std::chrono::steady_clock::time_point::max() &&
                std::chrono::steady_clock::now() >= budget_.deadline);
    return stopped_;
  }

  std::string_view text_;
  const ParseBudget& budget_;
  int64_t checks_left_;
  int num_reads_ = 0;  // since the parser's last check
  bool stopped_ = false;
  bool cut_off_ = false;
};

TSPoint moved(TSPoint from, std::string_view over) {
  const void* found = over.empty() ? nullptr : ::memrchr(over.data(), '\n', over.size());
  if (found == nullptr) {
    return {.row = from.row, .column = from.column + static_cast<uint32_t>(over.size())};
  }
  const auto last_line_end = static_cast<size_t>(static_cast<const char*>(found) - over.data());
  return {.row = from.row + static_cast<uint32_t>(std::ranges::count(over, '\n')),
          .column = static_cast<uint32_t>(over.size() - last_line_end - 1)};
}

// Sizes are below kMaxParsedBytes, so they fit 32 bits.
TSInputEdit make_edit(std::string_view old_text, size_t begin, size_t end, std::string_view added) {
  const TSPoint start = moved({}, old_text.substr(0, begin));
  return {.start_byte = static_cast<uint32_t>(begin),
          .old_end_byte = static_cast<uint32_t>(end),
          .new_end_byte = static_cast<uint32_t>(begin + added.size()),
          .start_point = start,
          .old_end_point = moved(start, old_text.substr(begin, end - begin)),
          .new_end_point = moved(start, added)};
}

SharedTree share(TSTree* tree) {
  return SharedTree(tree, [](const TSTree* owned) { ts_tree_delete(const_cast<TSTree*>(owned)); });
}

/// To the grammars a CR alone ends no line.
bool has_lone_cr(std::string_view text) {
  for (size_t at = text.find('\r'); at != std::string_view::npos; at = text.find('\r', at + 1)) {
    if (text.substr(at + 1, 1) != "\n") return true;
  }
  return false;
}

}  // namespace

SyntaxTree::SyntaxTree(const Language& language) : language_(&language) {
  const Grammar* grammar = grammar_of(language);
  if (grammar == nullptr) return;
  parser_.reset(ts_parser_new());
  if (!ts_parser_set_language(parser_.get(), grammar->parser())) parser_.reset();
}

SyntaxTree::SyntaxTree(const SyntaxView& view) : SyntaxTree(view.language) {
  if (view.tree == nullptr || parser_ == nullptr) return;
  tree_.reset(ts_tree_copy(view.tree.get()));
  is_current_ = true;
}

SyntaxTree::~SyntaxTree() = default;
SyntaxTree::SyntaxTree(SyntaxTree&&) noexcept = default;
SyntaxTree& SyntaxTree::operator=(SyntaxTree&&) noexcept = default;

void SyntaxTree::edit(std::string_view old_text, ByteRange replaced, std::string_view inserted) {
  is_current_ = false;
  if (parser_ == nullptr) return;
  ts_parser_reset(parser_.get());
  if (tree_ == nullptr) return;
  if (std::max(old_text.size(), inserted.size()) > kMaxParsedBytes) {
    tree_.reset();
    return;
  }
  const size_t end = std::min(replaced.end.value, old_text.size());
  const size_t begin = std::min(replaced.begin.value, end);
  edit(make_edit(old_text, begin, end, inserted));
}

void SyntaxTree::edit(const TSInputEdit& edit) {
  is_current_ = false;
  if (parser_ == nullptr) return;
  ts_parser_reset(parser_.get());
  if (tree_ != nullptr) ts_tree_edit(tree_.get(), &edit);
}

SyntaxTree SyntaxTree::branch() const {
  SyntaxTree tree(*language_);
  if (tree_ == nullptr || tree.parser_ == nullptr) return tree;
  tree.tree_.reset(ts_tree_copy(tree_.get()));
  tree.is_current_ = is_current_;
  return tree;
}

bool SyntaxTree::parse(std::string_view text, const ParseBudget& budget) {
  if (is_current_) return true;
  if (parser_ == nullptr) return false;
  if (text.size() > kMaxParsedBytes || has_lone_cr(text)) {
    drop();
    return false;
  }
  Run run(text, budget);
  TSTree* tree = run.parse(parser_.get(), tree_.get());
  if (run.cut_off()) {
    // What was read is not the text: neither a tree of it nor a beginning of one is worth keeping.
    if (tree != nullptr) ts_tree_delete(tree);
    tree = nullptr;
    ts_parser_reset(parser_.get());
  }
  if (tree == nullptr) return false;
  tree_.reset(tree);
  is_current_ = true;
  return true;
}

SharedTree SyntaxTree::snapshot() const {
  return is_current_ ? share(ts_tree_copy(tree_.get())) : nullptr;
}

void SyntaxTree::drop() {
  tree_.reset();
  ts_parser_reset(parser_.get());
}

SharedTree parse_once(const Language& language, std::string_view text, const ParseBudget& budget) {
  SyntaxTree tree(language);
  return tree.parse(text, budget) ? tree.snapshot() : nullptr;
}

}  // namespace fimd
