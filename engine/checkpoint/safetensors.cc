#include "engine/checkpoint/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/json/json_file.h"

namespace fimd {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are mapped, not converted");

constexpr int64_t kLengthBytes = 8;  // of the field that holds the header's length

struct ElementType {
  std::string_view name;
  int bits;
};

constexpr std::array kElementTypes = {
    ElementType{"BOOL", 8},    ElementType{"F4", 4},          ElementType{"F6_E2M3", 6},
    ElementType{"F6_E3M2", 6}, ElementType{"U8", 8},          ElementType{"I8", 8},
    ElementType{"F8_E5M2", 8}, ElementType{"F8_E4M3", 8},     ElementType{"F8_E8M0", 8},
    ElementType{"I16", 16},    ElementType{"F8_E4M3FNUZ", 8}, ElementType{"F8_E5M2FNUZ", 8},
    ElementType{"U16", 16},    ElementType{"F16", 16},        ElementType{"BF16", 16},
    ElementType{"I32", 32},    ElementType{"U32", 32},        ElementType{"F32", 32},
    ElementType{"C64", 64},    ElementType{"F64", 64},        ElementType{"I64", 64},
    ElementType{"U64", 64},
};

const ElementType* find_element_type(std::string_view name) {
  const auto* found = std::ranges::find(kElementTypes, name, &ElementType::name);
  return found == kElementTypes.end() ? nullptr : found;
}

tl::unexpected<Error> invalid(std::string message) {
  return fail(ErrorCode::kInvalidInput, std::move(message));
}

std::string tensor_text(std::string_view name) {
  return "tensor " + quote(name);
}

/// Bytes of an array, or nothing where they overflow or end inside a byte.
std::optional<int64_t> array_bytes(const std::vector<int64_t>& shape, int element_bits) {
  int64_t bits = element_bits;
  for (const int64_t extent : shape) {
    if (__builtin_mul_overflow(bits, extent, &bits)) return std::nullopt;
  }
  if (bits % 8 != 0) return std::nullopt;
  return bits / 8;
}

/// Turns the header's JSON into entries as it is parsed: a document tree of a hostile header would
/// take twenty times its bytes, and would hide duplicate names.
class HeaderReader final : public nlohmann::json_sax<nlohmann::json> {
 public:
  [[nodiscard]] const Error& error() const { return error_; }

  std::vector<SafetensorsEntry> take_entries() { return std::move(entries_); }

  bool null() override { return unexpected("null"); }

  bool boolean(bool value) override { return unexpected(value ? "true" : "false"); }

  bool number_integer(int64_t value) override { return unexpected(std::to_string(value)); }

  bool number_float(double /*value*/, const std::string& text) override {
    return unexpected(text.substr(0, 40));
  }

  bool binary(nlohmann::json::binary_t& /*value*/) override { return unexpected("bytes"); }

  bool number_unsigned(uint64_t value) override {
    const bool fits = value <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
    if (!fits || (place_ != Place::kShape && place_ != Place::kOffsets)) {
      return unexpected(std::to_string(value));
    }
    if (place_ == Place::kShape && std::ssize(entry_.shape) == kMaxTensorRank) {
      return stop(entry_text() + "shape has more than " + std::to_string(kMaxTensorRank) +
                  " extents");
    }
    if (place_ == Place::kOffsets && offsets_.size() == 2) {
      return unexpected("a third number");
    }
    (place_ == Place::kShape ? entry_.shape : offsets_).push_back(static_cast<int64_t>(value));
    return true;
  }

  bool string(std::string& value) override {
    if (place_ == Place::kMetadata) return true;
    if (place_ != Place::kEntry || field_ != "dtype") return unexpected(quote(value));
    const ElementType* type = find_element_type(value);
    if (type == nullptr) {
      return stop(entry_text() + "dtype is " + quote(value) + ", expected one of the format's",
                  ErrorCode::kUnsupported);
    }
    entry_.dtype = type->name;
    return true;
  }

  bool key(std::string& name) override {
    if (place_ == Place::kRoot) entry_ = {.name = name};
    if (place_ != Place::kEntry) return true;
    field_ = name;
    if (field_ != "dtype" && field_ != "shape" && field_ != "data_offsets") {
      return stop(entry_text() + "has the key " + quote(field_) +
                  ", expected dtype, shape and data_offsets");
    }
    if (std::ranges::count(fields_, field_) > 0)
      return stop(entry_text() + field_ + " is given twice");
    fields_.push_back(field_);
    return true;
  }

  bool start_object(size_t /*size*/) override {
    if (place_ == Place::kStart) {
      place_ = Place::kRoot;
    } else if (place_ == Place::kRoot) {
      place_ = entry_.name == "__metadata__" ? Place::kMetadata : Place::kEntry;
      fields_.clear();
      offsets_.clear();
    } else {
      return unexpected("an object");
    }
    return true;
  }

  bool end_object() override {
    if (place_ == Place::kEntry && !finish_entry()) return false;
    place_ = Place::kRoot;
    return true;
  }

  bool start_array(size_t /*size*/) override {
    if (place_ != Place::kEntry || field_ == "dtype") return unexpected("an array");
    place_ = field_ == "shape" ? Place::kShape : Place::kOffsets;
    return true;
  }

  bool end_array() override {
    place_ = Place::kEntry;
    return true;
  }

  bool parse_error(size_t /*position*/,
                   const std::string& /*last_token*/,
                   const nlohmann::json::exception& error) override {
    return stop("header is not JSON: " + json_error_text(error));
  }

 private:
  enum class Place { kStart, kRoot, kMetadata, kEntry, kShape, kOffsets };

  [[nodiscard]] std::string entry_text() const { return tensor_text(entry_.name) + ": "; }

  bool stop(std::string message, ErrorCode code = ErrorCode::kInvalidInput) {
    error_ = {code, std::move(message)};
    return false;
  }

  bool unexpected(const std::string& found) {
    const std::string is_found = " is " + found + ", expected ";
    switch (place_) {
      case Place::kStart: return stop("header" + is_found + "an object");
      case Place::kRoot: return stop(tensor_text(entry_.name) + is_found + "an object");
      case Place::kMetadata: return stop("a value of __metadata__" + is_found + "a string");
      case Place::kShape:
        return stop(entry_text() + "an extent" + is_found + "an integer from 0 up");
      case Place::kOffsets:
        return stop(entry_text() + "data_offsets has " + found +
                    ", expected two integers from 0 up");
      case Place::kEntry: break;
    }
    const char* expected = field_ == "dtype" ? "a string" : "an array of integers";
    return stop(entry_text() + field_ + is_found + expected);
  }

  bool finish_entry() {
    for (const char* field : {"dtype", "shape", "data_offsets"}) {
      if (std::ranges::count(fields_, field) == 0) return stop(entry_text() + "has no " + field);
    }
    if (offsets_.size() != 2 || offsets_[0] > offsets_[1]) {
      return stop(entry_text() + "data_offsets is " + shape_text(offsets_) +
                  ", expected where it begins and where it ends");
    }
    entry_.offset_bytes = offsets_[0];
    entry_.size_bytes = offsets_[1] - offsets_[0];
    entries_.push_back(std::move(entry_));
    return true;
  }

  Place place_ = Place::kStart;
  SafetensorsEntry entry_;           // being read
  std::string field_;                // of the entry, being read
  std::vector<std::string> fields_;  // of the entry, seen
  std::vector<int64_t> offsets_;     // of the entry
  std::vector<SafetensorsEntry> entries_;
  Error error_;
};

/// `data_offset_bytes`: of the data section, in the file.
Status check_entry(const SafetensorsEntry& entry, int64_t data_offset_bytes) {
  const std::string text = tensor_text(entry.name);
  const ElementType* type = find_element_type(entry.dtype);
  const std::optional<int64_t> size_bytes = array_bytes(entry.shape, type->bits);
  if (size_bytes != entry.size_bytes) {
    return invalid(text + " has " + std::to_string(entry.size_bytes) + " bytes, expected " +
                   (size_bytes ? std::to_string(*size_bytes) : "another number") + " for " +
                   std::string(entry.dtype) + " " + shape_text(entry.shape));
  }
  const int64_t element_bytes = std::max(1, type->bits / 8);
  const int64_t place_bytes = data_offset_bytes + entry.offset_bytes;
  if (entry.size_bytes > 0 && place_bytes % element_bytes != 0) {
    return invalid(text + " begins at byte " + std::to_string(place_bytes) +
                   " of the file, expected a multiple of " + std::to_string(element_bytes));
  }
  return {};
}

/// The arrays must fill the data section without overlaps and holes.
Status check_cover(std::span<const SafetensorsEntry> entries, int64_t data_bytes) {
  std::vector<const SafetensorsEntry*> by_offset;
  for (const SafetensorsEntry& entry : entries) by_offset.push_back(&entry);
  std::ranges::sort(by_offset, {}, [](const SafetensorsEntry* entry) {
    return std::pair(entry->offset_bytes, entry->size_bytes);
  });
  int64_t end_bytes = 0;
  for (const SafetensorsEntry* entry : by_offset) {
    // Subtracting, since hostile offsets may add up to more than an int64_t holds.
    if (entry->offset_bytes > data_bytes || entry->size_bytes > data_bytes - entry->offset_bytes) {
      return invalid(tensor_text(entry->name) + " ends past the " + std::to_string(data_bytes) +
                     " bytes of data");
    }
    if (entry->offset_bytes != end_bytes) {
      return invalid(tensor_text(entry->name) + " begins at byte " +
                     std::to_string(entry->offset_bytes) + " of the data, expected " +
                     std::to_string(end_bytes) + ", where the one before it ends");
    }
    end_bytes += entry->size_bytes;
  }
  if (end_bytes == data_bytes) return {};
  return invalid("the tensors end at byte " + std::to_string(end_bytes) +
                 " of the data, expected " + std::to_string(data_bytes) + ", the end of the file");
}

}  // namespace

Result<SafetensorsFile> SafetensorsFile::open(const std::filesystem::path& path) {
  FIMD_TRY(MappedFile mapping, MappedFile::open(path));
  SafetensorsFile file(path, std::move(mapping));
  const Status status = file.read_header();
  if (!status) return fail(status.error().code, path.string() + ": " + status.error().message);
  return file;
}

Status SafetensorsFile::read_header() {
  const std::span<const std::byte> bytes = file_.bytes();
  uint64_t length_field = 0;
  if (std::ssize(bytes) < kLengthBytes) {
    return invalid("has " + std::to_string(bytes.size()) + " bytes, expected a header");
  }
  std::memcpy(&length_field, bytes.data(), kLengthBytes);
  const int64_t most_bytes = std::min(file_bytes() - kLengthBytes, kMaxSafetensorsHeaderBytes);
  if (length_field > static_cast<uint64_t>(most_bytes)) {
    return invalid("header has " + std::to_string(length_field) + " bytes, expected at most " +
                   std::to_string(most_bytes));
  }
  const std::string_view header(reinterpret_cast<const char*>(bytes.data()) + kLengthBytes,
                                length_field);
  if (!header.starts_with('{')) return invalid("header does not begin with {");
  HeaderReader reader;
  if (!nlohmann::json::sax_parse(header, &reader)) {
    return fail(reader.error().code, reader.error().message);
  }
  entries_ = reader.take_entries();
  std::ranges::sort(entries_, {}, &SafetensorsEntry::name);
  const auto twin = std::ranges::adjacent_find(entries_, {}, &SafetensorsEntry::name);
  if (twin != entries_.end()) return invalid(tensor_text(twin->name) + " is given twice");
  data_offset_bytes_ = kLengthBytes + static_cast<int64_t>(length_field);
  FIMD_TRY_STATUS(check_cover(entries_, file_bytes() - data_offset_bytes_));
  for (const SafetensorsEntry& entry : entries_) {
    FIMD_TRY_STATUS(check_entry(entry, data_offset_bytes_));
  }
  return {};
}

const SafetensorsEntry* SafetensorsFile::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(entries_, name, {}, &SafetensorsEntry::name);
  return found != entries_.end() && found->name == name ? &*found : nullptr;
}

Result<std::span<const std::byte>> SafetensorsFile::bytes_of(std::string_view name,
                                                             std::string_view dtype) const {
  const SafetensorsEntry* entry = find(name);
  const std::string text = path_.string() + ": " + tensor_text(name);
  if (entry == nullptr) return fail(ErrorCode::kNotFound, text + " is missing");
  if (entry->dtype != dtype) {
    return invalid(text + " is " + std::string(entry->dtype) + ", expected " + std::string(dtype));
  }
  return std::span(data(*entry), static_cast<size_t>(entry->size_bytes));
}

std::string shape_text(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (const int64_t extent : shape) {
    if (text.size() > 1) text += ", ";
    text += std::to_string(extent);
  }
  return text + "]";
}

}  // namespace fimd
