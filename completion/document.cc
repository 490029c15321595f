#include "completion/document.h"

#include <algorithm>
#include <utility>

#include "completion/text_chunks.h"

namespace fimd {
namespace {

/// Enough to tell where the user works.
constexpr size_t kMaxEditedRanges = 8;

/// From so many edits on, taking the text apart and joining it again costs less.
constexpr size_t kManyEdits = 8;

TSPoint to_point(RowPoint point) {
  return {.row = point.row, .column = point.column_bytes};
}

TSInputEdit to_tree_edit(const PlacedEdit& edit) {
  return {.start_byte = static_cast<uint32_t>(edit.bytes.begin.value),
          .old_end_byte = static_cast<uint32_t>(edit.bytes.old_end.value),
          .new_end_byte = static_cast<uint32_t>(edit.bytes.new_end.value),
          .start_point = to_point(edit.begin),
          .old_end_point = to_point(edit.old_end),
          .new_end_point = to_point(edit.new_end)};
}

size_t moved_offset(size_t offset, const AppliedEdit& edit) {
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
  const ByteEdit bytes = text_.edit_of(range, replacement);
  // The tree wants the text as it was; an edit that then fails costs one parse.
  tree_.edit(text_.text(), bytes.range, bytes.text);
  FIMD_TRY(const AppliedEdit edit, text_.replace(bytes.range, bytes.text));
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

Status Document::apply(std::span<const TextEdit> edits) {
  // What precedes a new text makes no difference.
  for (size_t i = edits.size(); i > 0; --i) {
    if (edits[i - 1].range) continue;
    FIMD_TRY_STATUS(set_text(std::string(edits[i - 1].text)));
    edits = edits.subspan(i);
    break;
  }
  if (edits.size() >= kManyEdits) return apply_many(edits);
  for (const TextEdit& edit : edits) FIMD_TRY_STATUS(replace(*edit.range, edit.text));
  return {};
}

Status Document::apply_many(std::span<const TextEdit> edits) {
  TextChunks chunks(text_.text(), text_.encoding());
  std::vector<PlacedEdit> placed;
  placed.reserve(edits.size());
  for (const TextEdit& edit : edits) {
    FIMD_TRY(placed.emplace_back(), chunks.replace(*edit.range, edit.text));
  }
  FIMD_TRY(text_, EditedText::create(chunks.join(), text_.encoding()));
  frozen_ = nullptr;
  for (const PlacedEdit& edit : placed) {
    tree_.edit(to_tree_edit(edit));
    remember_edit(edit.bytes);
  }
  return {};
}

std::shared_ptr<const std::string> Document::frozen_text() {
  if (frozen_ == nullptr) frozen_ = std::make_shared<const std::string>(text_.text());
  return frozen_;
}

DocumentSnapshot Document::unparsed_snapshot() {
  return {
      .uri = name_.uri, .path = name_.path, .language = &tree_.language(), .text = frozen_text()};
}

DocumentSnapshot Document::snapshot(const ParseBudget& budget) {
  DocumentSnapshot snapshot = unparsed_snapshot();
  if (tree_.parse(*snapshot.text, budget)) snapshot.tree = tree_.snapshot();
  return snapshot;
}

void Document::remember_edit(const AppliedEdit& edit) {
  for (ByteRange& range : edited_) {
    range = {{moved_offset(range.begin.value, edit)}, {moved_offset(range.end.value, edit)}};
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
