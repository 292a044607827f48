// Header byte count, record count and record duration of an EDF header against the size of the file.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/edf/edf_header_draft.hpp"

namespace psg::io {

namespace {

constexpr double ten_years_s = 3.2e8;  // keeps every time far from overflow

std::string bytes_text(std::int64_t count) {
    return std::to_string(count) + (count == 1 ? " byte" : " bytes");
}

}  // namespace

void read_edf_sizes(EdfHeaderDraft& draft, std::int64_t signals) {
    EdfLayout& layout = draft.header.layout;
    layout.header_bytes = edf_fixed_bytes * (signals + 1);
    const std::int64_t data = draft.file_size - layout.header_bytes;
    const std::int64_t fitting = layout.record_bytes > 0 ? data / layout.record_bytes : 0;
    const std::int64_t rest = data - fitting * layout.record_bytes;
    layout.records = fitting;

    const EdfField records = draft.field("number of data records", 236, 8);
    const auto declared = read_integer(records, draft.findings());
    const EdfField header_field = draft.field("header bytes", 184, 8);
    if (const auto header_bytes = read_integer(header_field, draft.findings()); header_bytes != layout.header_bytes) {
        // Without a record count, the size decides if it holds whole records behind the right header only: by chance it
        // would in one of `sure_bytes` files (proposed).
        constexpr std::int64_t sure_bytes = 100;
        const std::int64_t claimed_data = draft.file_size - header_bytes.value_or(layout.header_bytes + 1);
        const bool size_decides = (!declared || *declared == -1) && fitting > 0 && layout.record_bytes >= sure_bytes &&
                                  (!header_bytes || claimed_data < 0 || claimed_data % layout.record_bytes != 0);
        if ((declared != fitting && !size_decides) || rest != 0)
            draft.refuse(header_field,
                         "the header byte count is not that of " + std::to_string(signals) +
                             " signals, and the size of the file does not decide between them",
                         "samples would be shifted: the file cannot be read");
        draft.findings().push_back(header_field.finding(
            FindingCode::EDF_HEADER_BYTES, "the header byte count is wrong or blank",
            "read as " + std::to_string(layout.header_bytes) + ", which fits the size of the file exactly"));
    }
    if (static_cast<double>(fitting) * static_cast<double>(layout.record_nanoseconds) * 1e-9 > ten_years_s)
        draft.refuse(draft.field("record duration", 244, 8), "the recording would last longer than ten years");

    const std::string holds = "the file holds " + std::to_string(fitting);
    const auto count = [&](const std::string& message) {
        draft.findings().push_back(
            records.finding(FindingCode::EDF_RECORD_COUNT, message,
                            "taken as " + std::to_string(fitting) + " from the size of the file"));
    };
    const bool cut =
        !declared || *declared < 0 || *declared > fitting;  // the rest belongs to a record that is not complete
    const std::string lost = cut && rest > 0 ? "; " + bytes_text(rest) + " of a cut record are lost" : "";
    if (!declared)
        count("the number of records cannot be read; " + holds + lost);
    else if (*declared == -1)
        count("the number of records is -1, the recording was not closed; " + holds + lost);
    else if (*declared != fitting)
        count("the header tells " + std::to_string(*declared) + " records, " + holds + lost);
    else if (fitting == 0)
        draft.findings().push_back(
            records.finding(FindingCode::EDF_RECORD_COUNT, "the file holds no data record", "read without samples"));
    if (rest > 0 && !cut) {
        EdfField after{"data records", {}, layout.header_bytes + fitting * layout.record_bytes};
        draft.findings().push_back(after.finding(FindingCode::EDF_TRAILING_BYTES,
                                                 bytes_text(rest) + " follow the last complete data record",
                                                 "they are ignored"));
    }
}

}  // namespace psg::io
