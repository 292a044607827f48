// Writes EDF+ and BDF+ files record by record, through EDFlib.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/edf/edf_writer.hpp"

#include <edflib.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <mutex>
#include <utility>

#include "libpsg/io/edf/edf_gaps.hpp"
#include "libpsg/io/edf/edflib_lock.hpp"
#include "libpsg/io/output_file.hpp"
#include "libpsg/model/error.hpp"

namespace psg::io {

std::mutex& edflib_table_lock() {
    static std::mutex lock;
    return lock;
}

namespace {

constexpr std::size_t max_path_bytes = 1023;  // EDFlib's own copy of the path

/// EDFlib 1.23 cuts decimals instead of rounding: 3276.7 would become "3276.699". The limits have at most 8 characters,
/// so that this much away from zero is the same text when cut.
double nudged(double limit) {
    return limit * (1 + 1e-10);
}

std::string open_reason(int code) {
    switch (code) {
        case EDFLIB_MALLOC_ERROR:
            return "not enough memory";
        case EDFLIB_MAXFILES_REACHED:
            return "EDFlib holds at most 64 files open in one process";
        case EDFLIB_FILE_ALREADY_OPENED:
            return "the file is already open in this process";
        default:
            return "EDFlib cannot create the file (code " + std::to_string(code) + ")";
    }
}

}  // namespace

struct EdfWriter::State {
    std::string path;
    OutputFile output;
    EdfOutputHeader header;
    int handle = -1;
    std::size_t record_samples = 0;
    std::int64_t records = 0;
    std::int64_t annotations = 0;
    std::vector<int> block;

    State(const std::string& target, EdfOutputHeader description, bool overwrite)
        : path(target), output(target, overwrite), header(std::move(description)) {}
    ~State() { close(); }

    int close() {
        if (handle < 0) return 0;
        const std::lock_guard guard(edflib_table_lock());
        return ::edfclose_file(std::exchange(handle, -1));
    }

    void open() {
        const int type = header.format == EdfOutputFormat::edf_plus ? EDFLIB_FILETYPE_EDFPLUS : EDFLIB_FILETYPE_BDFPLUS;
        if (output.temporary_path().size() > max_path_bytes)
            throw DataError(path, "the path is too long for EDFlib (1023 bytes)");
        const std::lock_guard guard(edflib_table_lock());
        const int result =
            ::edfopen_file_writeonly(output.temporary_path().c_str(), type, static_cast<int>(header.channels.size()));
        if (result < 0) throw DataError(path, open_reason(result));
        handle = result;
    }

    void set(int result, const char* what) const {
        if (result != 0) throw DataError(path, std::string("EDFlib does not accept ") + what);
    }

    void describe() const {
        const EdfOutputHeader& h = header;
        const auto since_midnight = std::chrono::duration_cast<std::chrono::seconds>(h.start_time_of_day);
        const int second = static_cast<int>(since_midnight.count());
        set(::edf_set_startdatetime(handle, h.start_date.year, h.start_date.month, h.start_date.day, second / 3600,
                                    second / 60 % 60, second % 60),
            "the start");
        const auto fraction = static_cast<int>((h.start_time_of_day - since_midnight).count());
        set(::edf_set_subsecond_starttime(handle, fraction * 10), "the fraction of a second of the start");
        set(::edf_set_datarecord_duration(handle, static_cast<int>(h.record_duration.count() / 10)),
            "the record duration");
        set(::edf_set_number_of_annotation_signals(handle, h.annotation_channels), "the annotation channels");

        set(::edf_set_patientcode(handle, h.patient_code.c_str()), "the patient code");
        set(::edf_set_patientname(handle, h.patient_name.c_str()), "the patient name");
        set(::edf_set_patient_additional(handle, h.patient_additional.c_str()), "the patient's additional text");
        if (!h.patient_sex.empty()) set(::edf_set_gender(handle, h.patient_sex == "M"), "the sex");
        if (const auto& birth = h.patient_birth_date)
            set(::edf_set_birthdate(handle, birth->year, birth->month, birth->day), "the birth date");
        set(::edf_set_admincode(handle, h.recording_code.c_str()), "the recording code");
        set(::edf_set_technician(handle, h.technician.c_str()), "the technician");
        set(::edf_set_equipment(handle, h.equipment.c_str()), "the equipment");
        set(::edf_set_recording_additional(handle, h.recording_additional.c_str()), "the recording's additional text");

        for (int i = 0; i < static_cast<int>(h.channels.size()); ++i) {
            const EdfOutputChannel& c = h.channels[static_cast<std::size_t>(i)];
            set(::edf_set_samplefrequency(handle, i, c.samples_per_record), "the samples per record");
            set(::edf_set_physical_minimum(handle, i, nudged(c.physical_min)), "a physical minimum");
            set(::edf_set_physical_maximum(handle, i, nudged(c.physical_max)), "a physical maximum");
            set(::edf_set_digital_minimum(handle, i, c.digital_min), "a digital minimum");
            set(::edf_set_digital_maximum(handle, i, c.digital_max), "a digital maximum");
            set(::edf_set_label(handle, i, c.label.c_str()), "a label");
            set(::edf_set_physical_dimension(handle, i, c.unit.c_str()), "a unit");
            set(::edf_set_transducer(handle, i, c.transducer.c_str()), "a transducer");
            set(::edf_set_prefilter(handle, i, c.prefilter.c_str()), "a prefilter");
        }
    }

    /// EDFlib does not say whether closing failed: the header's own record count and the file size do.
    void check_complete() const {
        std::array<char, 256> head{};
        const int descriptor = ::open(output.temporary_path().c_str(), O_RDONLY | O_CLOEXEC);
        struct stat status {};
        const bool read = descriptor >= 0 && ::fstat(descriptor, &status) == 0 &&
                          ::pread(descriptor, head.data(), head.size(), 0) == static_cast<ssize_t>(head.size());
        if (descriptor >= 0) ::close(descriptor);
        const auto number = [&](std::size_t at) {
            std::int64_t value = -1;
            std::from_chars(head.data() + at, head.data() + at + 8, value);
            return value;
        };
        std::int64_t samples_bytes = 0;
        for (const EdfOutputChannel& c : header.channels) samples_bytes += c.samples_per_record;
        samples_bytes *= header.format == EdfOutputFormat::edf_plus ? 2 : 3;
        // The size of an annotation channel is EDFlib's own choice; every record must have the same.
        const std::int64_t body = read ? static_cast<std::int64_t>(status.st_size) - number(184) : -1;
        // without signals EDFlib makes the records itself, when the file is closed
        const std::int64_t wanted = header.channels.empty() ? std::max<std::int64_t>(1, number(236)) : records;
        if (!read || number(236) != wanted || body <= wanted * samples_bytes || body % wanted != 0)
            throw DataError(path, "the file could not be written in full", "is the disk full?");
    }
};

EdfWriter::EdfWriter(const std::string& path, EdfOutputHeader header, bool overwrite) {
    check_output_header(path, header);
    state_ = std::make_unique<State>(path, std::move(header), overwrite);
    for (const EdfOutputChannel& c : state_->header.channels)
        state_->record_samples += static_cast<std::size_t>(c.samples_per_record);
    state_->block.resize(state_->record_samples);
    state_->open();
    state_->describe();
}

EdfWriter::~EdfWriter() = default;
EdfWriter::EdfWriter(EdfWriter&&) noexcept = default;
EdfWriter& EdfWriter::operator=(EdfWriter&&) noexcept = default;

std::size_t EdfWriter::record_samples() const {
    return state_->record_samples;
}
std::int64_t EdfWriter::records() const {
    return state_->records;
}

void EdfWriter::write_record(std::span<const std::int32_t> samples) {
    State& s = *state_;
    if (s.handle < 0) throw DataError(s.path, "the file is already complete");
    if (s.header.channels.empty()) throw DataError(s.path, "a file of annotations only has no records of samples");
    if (samples.size() != s.record_samples)
        throw DataError(s.path, "a record of " + std::to_string(samples.size()) + " samples was given",
                        std::to_string(s.record_samples) + " are needed");
    std::size_t at = 0;
    for (const EdfOutputChannel& c : s.header.channels)
        for (int i = 0; i < c.samples_per_record; ++i, ++at) {
            if (samples[at] < c.digital_min || samples[at] > c.digital_max)
                throw DataError(s.path, "a sample of '" + c.label + "' in record " + std::to_string(s.records) +
                                            " is outside its digital range");
            s.block[at] = samples[at];
        }
    if (s.records >= 99'999'999) throw DataError(s.path, "EDF holds at most 99999999 records", "use longer records");
    const int result = ::edf_blockwrite_digital_samples(s.handle, s.block.data());
    if (result != 0)
        throw DataError(s.path,
                        "record " + std::to_string(s.records) + " could not be written (EDFlib code " +
                            std::to_string(result) + ")",
                        "is the disk full?");
    ++s.records;
}

void EdfWriter::annotate(Time onset, Time duration, std::string_view text) {
    State& s = *state_;
    const std::string what = "annotation '" + std::string(text) + "'";
    if (s.handle < 0) throw DataError(s.path, "the file is already complete");
    if (onset < Time(0) || duration < Time(0))
        throw DataError(s.path, what + " begins before the recording or has a negative duration",
                        "EDFlib writes neither");
    if (text.empty() || text.size() > max_edf_annotation_bytes)
        throw DataError(s.path, what + " has " + std::to_string(text.size()) + " bytes", "EDFlib writes 1 to 40");
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            throw DataError(s.path, what + " contains a control character", "EDF+ uses these as separators");
    const auto ticks = [](Time t) { return static_cast<long long>((t.count() + 50) / 100); };
    // EDFlib cuts the start's fraction of a second to 100 us when it adds it to the onset: the sum is what must be
    // right
    const Time fraction = s.header.start_time_of_day % std::chrono::seconds(1);
    const long long onset_ticks = ticks(onset + fraction) - static_cast<long long>(fraction.count() / 100);
    const std::string terminated(text);
    if (::edfwrite_annotation_utf8(s.handle, onset_ticks, duration > Time(0) ? ticks(duration) : -1,
                                   terminated.c_str()) != 0)
        throw DataError(s.path, what + " could not be stored", "not enough memory");
    ++s.annotations;
}

void EdfWriter::finish(std::span<const std::int64_t> record_seconds) {
    State& s = *state_;
    if (s.handle < 0) throw DataError(s.path, "the file is already complete");
    if (s.records == 0 && !s.header.channels.empty()) throw DataError(s.path, "no record was written");
    if (s.header.channels.empty() && s.annotations == 0)
        throw DataError(s.path, "there is neither a channel nor an annotation to write");
    if (!s.header.channels.empty() && s.annotations > s.records * s.header.annotation_channels)
        throw DataError(s.path,
                        std::to_string(s.annotations) + " annotations do not fit into " + std::to_string(s.records) +
                            " records with " + std::to_string(s.header.annotation_channels) + " annotation channels",
                        "ask for more annotation channels");
    const int result = s.close();
    if (result != 0) throw DataError(s.path, "EDFlib could not complete the file", "is the disk full?");
    s.check_complete();
    if (!record_seconds.empty()) put_gaps(s.output.temporary_path(), record_seconds);
    s.output.commit();
}

}  // namespace psg::io
