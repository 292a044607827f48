// What the header of an EDF+C or BDF+C file to be written says, and whether the format can hold it.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "libpsg/model/time.hpp"

namespace psg::io {

enum class EdfOutputFormat { edf_plus, bdf_plus };

/// One channel of a file to be written. Texts are printable ASCII (EDF allows nothing else) and never cut silently.
struct EdfOutputChannel {
    std::string label;        ///< up to 16 characters
    std::string unit;         ///< up to 8 characters
    double physical_min = 0;  ///< in `unit`; as decimal text at most 8 characters, different from physical_max
    double physical_max = 0;
    std::int32_t digital_min = -32768;  ///< 16 bits in EDF+, 24 bits in BDF+; below digital_max
    std::int32_t digital_max = 32767;
    int samples_per_record = 0;   ///< at least 1
    std::string transducer = {};  ///< up to 80 characters
    std::string prefilter = {};   ///< up to 80 characters
};

/// What the header of a file to be written says. Spaces in the subfields of a person become underscores.
struct EdfOutputHeader {
    EdfOutputFormat format = EdfOutputFormat::edf_plus;
    Date start_date{1985, 1, 1};      ///< 1985 to 2084; EDF+ uses 1985-01-01 for dates that must not be known
    Time start_time_of_day{0};        ///< in [0, 24 h), any fraction of a second
    Time record_duration{1'000'000};  ///< 1 ms to 60 s, a multiple of 10 us; see edflib_writes_duration()
    /// Each makes room for one annotation per record; 1 to 64.
    int annotation_channels = 1;

    // Patient subfields; empty ones become X. EDFlib cuts what exceeds max_patient_text() together.
    std::string patient_code, patient_sex /* "M", "F" or "" */, patient_name, patient_additional;
    std::optional<Date> patient_birth_date;
    // Recording subfields, together up to `max_recording_text` characters; empty ones become X.
    std::string recording_code, technician, equipment, recording_additional;

    /// 1 to 640 with the annotation channels, in the order of the file; none in a file of annotations only.
    std::vector<EdfOutputChannel> channels;
};

/// Characters that EDFlib 1.23 writes of code, name and additional text of the patient, and of code, technician,
/// equipment and additional text of the recording (measured; one more is needed where there is an additional text). The
/// rest would be cut, and the file then be refused by EDFlib itself.
constexpr std::size_t max_patient_text(bool birth_date) {
    return birth_date ? 62 : 72;
}
inline constexpr std::size_t max_recording_text = 40;

/// Bytes of an annotation channel in a record, as EDFlib 1.23 writes it.
inline constexpr std::size_t edf_annotation_bytes = 114;
/// Largest record of EDF+ and BDF+ that EDFlib 1.23 writes, annotation channels included.
constexpr std::size_t max_record_bytes(EdfOutputFormat format) {
    return (format == EdfOutputFormat::edf_plus ? 10u : 15u) * 1024 * 1024;
}

/// EDFlib 1.23 cuts the decimals of the record duration, too, so that 1.04 ms becomes 1.039 ms and the file unreadable.
/// True if the header field that it writes is exactly this duration; false also for durations that it does not take.
bool edflib_writes_duration(Time record_duration);

/// The decimal text of at most 8 characters nearest to a physical limit, as its value; nothing if the whole part alone
/// is longer. The limit itself if it has such a text.
std::optional<double> header_limit(double value);

/// Throws DataError, naming `file`, the field and the limit, if EDF+ (or EDFlib 1.23) cannot hold this header
/// unchanged.
void check_output_header(const std::string& file, const EdfOutputHeader& header);

}  // namespace psg::io
