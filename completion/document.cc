#include "completion/document.h"

#include <algorithm>
#include <utility>

namespace fimd {
namespace {

/// Enough to tell where the user works.
constexpr size_t kMaxEditedRanges = 8;

size_t moved(size_t offset, const AppliedEdit& edit) {
  if (offset <= edit.begin.value) return offset;
  if (offset < edit.old_end.value) return edit.new_end.value;
  return offset - edit.old_end.value + edit.new_end.value;
}

}  // namespace

Document::Document(DocumentName name, EditedText text)
    : name_(std::move(name)),
      text_(std::move(text)),
      tree_(detect_language(name_.path, name_.language_id)) {}

Result<Document> Document::create(DocumentName name, std::string text, PositionEncoding encoding) {
  FIMD_TRY(EditedText edited, EditedText::create(std::move(text), encoding));
  return Document(std::move(name), std::move(edited));
}

Status Document::replace(EncodedRange range, std::string_view replacement) {
  const ByteRange bytes = text_.bytes_of(range);
  // The tree wants the text as it was; an edit that then fails costs one parse.
  tree_.edit(text_.text(), bytes, replacement);
  FIMD_TRY(const AppliedEdit edit, text_.replace(range, replacement));
  frozen_ = nullptr;
  remember_edit(edit);
  return {};
}

Status Document::set_text(std::string text) {
  FIMD_TRY(EditedText edited, EditedText::create(std::move(text), text_.encoding()));
  text_ = std::move(edited);
  tree_ = SyntaxTree(tree_.language());
  frozen_ = nullptr;
  edited_.clear();
  return {};
}

std::shared_ptr<const std::string> Document::frozen_text() {
  if (frozen_ == nullptr) frozen_ = std::make_shared<const std::string>(text_.text());
  return frozen_;
}

DocumentSnapshot Document::snapshot(const ParseBudget& budget) {
  DocumentSnapshot snapshot = {
      .uri = name_.uri, .path = name_.path, .language = &tree_.language(), .text = frozen_text()};
  if (tree_.parse(*snapshot.text, budget)) snapshot.tree = tree_.snapshot();
  return snapshot;
}

void Document::remember_edit(const AppliedEdit& edit) {
  for (ByteRange& range : edited_) {
    range = {{moved(range.begin.value, edit)}, {moved(range.end.value, edit)}};
  }
  // A run of typing is one place.
  if (!edited_.empty() && edit.begin.value >= edited_[0].begin.value &&
      edit.begin.value <= edited_[0].end.value) {
    edited_[0].end.value = std::max(edited_[0].end.value, edit.new_end.value);
    return;
  }
  edited_.insert(edited_.begin(), {edit.begin, edit.new_end});
  if (edited_.size() > kMaxEditedRanges) edited_.pop_back();
}

}  // namespace fimd
