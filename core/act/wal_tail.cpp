#include "act/wal_tail.hpp"

#include <fmt/format.h>

#include <cstring>
#include <fstream>

namespace pgcm::act {
namespace {

constexpr std::uint64_t page_header = 24;          // SizeOfXLogShortPHD
constexpr std::uint64_t segment_header = 40;       // SizeOfXLogLongPHD, of a segment's first page
constexpr std::uint64_t record_header = 24;        // SizeOfXLogRecord
constexpr std::uint64_t longest_checkpoint = 512;  // far more than one takes
constexpr std::uint64_t alignment = 8;

// WAL of one timeline as it stands in its segments.
class Segments {
  public:
    Segments(const std::string& data_dir, Timeline timeline, std::uint64_t segment_bytes)
        : directory_(data_dir + "/pg_wal"), timeline_(timeline), segment_bytes_(segment_bytes) {}

    // Empty unless all of it is there.
    std::optional<std::string> read(std::uint64_t from, std::uint64_t bytes) const {
        std::string text;
        while (text.size() < bytes) {
            const auto at = from + text.size();
            std::ifstream file{path_of(at), std::ios::binary};
            std::string piece(std::min(bytes - text.size(), segment_bytes_ - at % segment_bytes_), '\0');
            file.seekg(static_cast<std::streamoff>(at % segment_bytes_));
            if (!file.read(piece.data(), static_cast<std::streamsize>(piece.size()))) return std::nullopt;
            text += piece;
        }
        return text;
    }

  private:
    std::string path_of(std::uint64_t lsn) const {
        const std::uint64_t number = lsn / segment_bytes_, per_id = (std::uint64_t{1} << 32U) / segment_bytes_;
        return fmt::format("{}/{:08X}{:08X}{:08X}", directory_, timeline_.value, number / per_id, number % per_id);
    }

    std::string directory_;
    Timeline timeline_;
    std::uint64_t segment_bytes_;
};

// What a record of that length takes up from `begin` on: where it goes on on a next page, that one's header too.
std::uint64_t bytes_on_disk(std::uint64_t begin, std::uint64_t length, std::uint64_t page, std::uint64_t segment) {
    const auto next_page = begin - begin % page + page;
    if (begin + length <= next_page) return length;
    return length + (next_page % segment == 0 ? segment_header : page_header);
}

}  // namespace

std::optional<WalTail> wal_tail(const std::string& data_dir, const ControlData& control) {
    const auto page = control.wal_block_bytes.value_or(0), segment = control.wal_segment_bytes.value_or(0);
    if (control.cluster_state != "shut down" || !control.timeline || !control.checkpoint) return std::nullopt;
    if (page <= segment_header || segment < page || segment % page != 0) return std::nullopt;
    const Segments wal{data_dir, *control.timeline, segment};
    const auto checkpoint = control.checkpoint->value;
    std::uint32_t length = 0;
    const auto first_field = wal.read(checkpoint, sizeof length);  // xl_tot_len, never divided between pages
    if (!first_field) return std::nullopt;
    std::memcpy(&length, first_field->data(), sizeof length);
    if (length < record_header || length > longest_checkpoint) return std::nullopt;
    const auto end = checkpoint + bytes_on_disk(checkpoint, length, page, segment);
    // Not beyond the segment: the one before may be gone, here or there.
    auto begin = checkpoint - checkpoint % page;
    if (begin % segment != 0) begin -= page;
    auto bytes = wal.read(begin, end - begin);
    if (!bytes) return std::nullopt;
    return WalTail{*control.timeline, Lsn{begin}, Lsn{(end + alignment - 1) / alignment * alignment},
                   std::move(*bytes)};
}

}  // namespace pgcm::act
