// The header of EDF, EDF+, BDF and BDF+ files.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/edf/edf_header.hpp"

#include <map>

#include "libpsg/io/edf/edf_header_draft.hpp"
#include "libpsg/io/text/text_encoding.hpp"

namespace psg::io {

EdfRefusal::EdfRefusal(const std::string& file, Finding place, const std::string& what, const std::string& remedy)
    : DataError(file + ", byte " + std::to_string(place.byte_offset.value_or(0)) + ", " + place.field +
                    (place.channel >= 0 ? " of signal " + std::to_string(place.channel + 1) : ""),
                what, remedy),
      place_(std::move(place)) {
    place_.message = what;
    place_.repair = remedy;
}

EdfField EdfHeaderDraft::field(const char* title, std::int64_t offset, std::size_t width) const {
    return {title, {reinterpret_cast<const char*>(bytes.data()) + offset, width}, offset};
}

EdfField EdfHeaderDraft::signal_field(const char* title, std::int64_t signals, int signal, std::int64_t before,
                                      std::size_t width, const std::string& label) const {
    EdfField f = field(title, edf_fixed_bytes + signals * before + signal * static_cast<std::int64_t>(width), width);
    f.channel = signal;
    f.label = label;
    return f;
}

void EdfHeaderDraft::refuse(const EdfField& f, const std::string& what, const std::string& remedy) const {
    throw EdfRefusal(name, f.finding({}, {}), what + " (bytes: '" + clean_text(f.bytes).text + "')", remedy);
}

namespace {

constexpr std::int64_t max_samples = 1 << 28;  // per record and signal: keeps every product far from overflow
constexpr std::int64_t max_annotation_samples = 1 << 24;  // these are held in memory record by record

std::int64_t signal_count(const EdfHeaderDraft& draft, Findings& findings) {
    const EdfField f = draft.field("number of signals", 252, 4);
    const auto count = read_integer(f, findings);
    if (!count || *count < 1)
        draft.refuse(f, "the number of signals cannot be read or is not positive", "this is no usable EDF file");
    return *count;
}

void read_version(EdfHeaderDraft& draft) {
    const EdfField f = draft.field("version", 0, 8);
    Recording& r = draft.header.recording;
    if (f.bytes ==
        "\xff"
        "BIOSEMI") {
        draft.header.layout.sample_bytes = 3;
        r.format = "BDF";
        return;
    }
    r.format = "EDF";
    if (f.bytes == "0       ") return;
    const std::string text = clean_text(f.bytes).text;
    if (!text.empty() && text != "0")
        draft.refuse(f, "this is not an EDF or BDF file", "check what the file really is");
    draft.findings().push_back(f.finding(
        FindingCode::EDF_VERSION,
        text.empty() ? "the version field is blank" : "the version field is not '0' and spaces", "read as EDF"));
}

// "EDF+C", "EDF+D" and their BDF twins make it a plus file; anything unknown is said and ignored.
void read_reserved(EdfHeaderDraft& draft) {
    const EdfField f = draft.field("reserved", 192, 44);
    const std::string text = read_text(f, draft.findings());
    Recording& r = draft.header.recording;
    const auto odd = [&](const std::string& what, const std::string& repair) {
        draft.findings().push_back(f.finding(FindingCode::EDF_RESERVED, what, repair));
    };
    std::string kind = text.substr(0, 5);
    for (char& c : kind)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!kind.starts_with("EDF+") && !kind.starts_with("BDF+")) {
        if (!text.empty() && !(r.format == "BDF" && text.starts_with("24BIT")))
            odd("the reserved field holds an unknown text", "read as plain " + r.format);
        return;
    }
    const char continuity = kind.size() == 5 && kind[4] == 'D' ? 'D' : 'C';
    draft.header.layout.plus = true;
    draft.header.layout.discontinuous = continuity == 'D';
    const std::string wanted = r.format + '+' + continuity;
    if (!text.starts_with(wanted))  // some BDF+ files say "EDF+D": the gaps are real all the same
        odd("the reserved field does not say '" + wanted + "' as the standard has it", "read as " + wanted);
    r.format = wanted;
}

// Does a label mean an annotation channel? Exactly, or nearly ("EDF annotations", the other format's name).
enum class AnnotationLabel { no, exact, similar };
AnnotationLabel annotation_label(const std::string& label, bool bdf) {
    if (label == (bdf ? "BDF Annotations" : "EDF Annotations")) return AnnotationLabel::exact;
    std::string letters;
    for (char c : label)
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) letters += static_cast<char>(c | 0x20);
    return letters.starts_with("edfannotation") || letters.starts_with("bdfannotation") ? AnnotationLabel::similar
                                                                                        : AnnotationLabel::no;
}

class SignalReader {
public:
    SignalReader(EdfHeaderDraft& draft, std::int64_t count) : draft_(draft), count_(count) {
        Findings ignored;
        header_bytes_fit_ = read_integer(draft.field("header bytes", 184, 8), ignored) == edf_fixed_bytes * (count + 1);
    }

    void read(int index) {
        const std::string label = read_text(
            field("label", index, 0, 16, clean_text(field("label", index, 0, 16, {}).bytes).text), draft_.findings());
        const EdfField label_field = field("label", index, 0, 16, label);
        const EdfField samples_field = field("samples per record", index, 216, 8, label);
        EdfLayout& layout = draft_.header.layout;
        const auto samples = read_integer(samples_field, draft_.findings());
        if (!samples || *samples < 0 || *samples > max_samples)
            draft_.refuse(samples_field, "the number of samples per record cannot be read or is out of range",
                          header_bytes_fit_
                              ? "the data cannot be told apart without it"
                              : "the header byte count (byte 184) does not fit the number of signals (byte "
                                "252): one of them may be the cause");
        EdfSlot slot{index, layout.record_bytes, *samples};
        layout.record_bytes += *samples * layout.sample_bytes;
        const AnnotationLabel meaning = annotation_label(label, layout.sample_bytes == 3);
        slot.annotations = layout.plus && meaning == AnnotationLabel::exact;
        slot.unsure = !slot.annotations && meaning != AnnotationLabel::no;
        layout.slots.push_back(slot);
        if (meaning != AnnotationLabel::no && *samples > max_annotation_samples)
            draft_.refuse(samples_field, "an annotation channel of that many bytes is not read");
        if (*samples == 0) {
            draft_.findings().push_back(samples_field.finding(FindingCode::EDF_EMPTY_CHANNEL,
                                                              "the channel has no samples", "the channel is left out"));
            return;
        }
        if (slot.annotations) return;
        name_channel(label_field);
        Channel ch;
        ch.index = index;
        ch.label = label;
        ch.samples_per_record = static_cast<int>(*samples);
        ch.transducer = read_text(field("transducer", index, 16, 80, label), draft_.findings());
        ch.prefilter = read_text(field("prefiltering", index, 136, 80, label), draft_.findings());
        if (layout.record_nanoseconds > 0) ch.rate = SampleRate(*samples, layout.record_nanoseconds);
        read_edf_calibration(draft_, count_, ch);
        draft_.header.recording.channels.push_back(std::move(ch));
    }

private:
    EdfField field(const char* title, int index, std::int64_t before, std::size_t width,
                   const std::string& label) const {
        return draft_.signal_field(title, count_, index, before, width, label);
    }

    void name_channel(const EdfField& f) {
        if (f.label.empty())
            draft_.findings().push_back(
                f.finding(FindingCode::EDF_LABEL_EMPTY, "the channel has no label", "it is known by its index"));
        else if (const auto [first, fresh] = seen_.emplace(f.label, f.channel); !fresh)
            draft_.findings().push_back(
                f.finding(FindingCode::EDF_LABEL_DUPLICATE,
                          "the label is also that of signal " + std::to_string(first->second + 1),
                          "channels are told apart by their index"));
    }

    EdfHeaderDraft& draft_;
    std::int64_t count_;
    bool header_bytes_fit_;
    std::map<std::string, int> seen_;  // labels of channels
};

void read_record_duration(EdfHeaderDraft& draft) {
    const EdfField f = draft.field("record duration", 244, 8);
    const auto text = read_decimal_text(f, draft.findings());
    const auto ns = text ? parse_scaled_decimal(*text, 9) : std::nullopt;
    if (!ns || *ns < 0)
        draft.refuse(f, "the duration of a data record cannot be read or is negative",
                     "no sampling rate is known without it");
    // short ones must be exact: nothing is rounded into a sampling rate
    if (*ns < 1'000'000'000 && parse_scaled_decimal(*text, 18) != *ns * 1'000'000'000)
        draft.refuse(f, "the duration of a data record is finer than a nanosecond");
    draft.header.layout.record_nanoseconds = *ns;
}

}  // namespace

std::int64_t edf_header_size(std::span<const unsigned char> start, std::int64_t file_size, const std::string& name) {
    EdfHeaderDraft draft{start, file_size, name};
    if (static_cast<std::int64_t>(start.size()) < edf_fixed_bytes) {
        Finding place{{}, {}, {}, "header"};
        place.byte_offset = file_size;
        throw EdfRefusal(name, place, "the file ends here: it is too short for the 256 bytes of an EDF header");
    }
    read_version(draft);
    Findings ignored;
    const std::int64_t size = edf_fixed_bytes * (signal_count(draft, ignored) + 1);
    if (size > file_size)
        draft.refuse(draft.field("number of signals", 252, 4),
                     "the header needs " + std::to_string(size) + " bytes, the file has " + std::to_string(file_size),
                     "the file is cut");
    return size;
}

EdfHeader parse_edf_header(std::span<const unsigned char> bytes, std::int64_t file_size, const std::string& name) {
    EdfHeaderDraft draft{bytes, file_size, name};
    read_version(draft);
    read_reserved(draft);
    read_edf_identity(draft);
    read_record_duration(draft);
    const std::int64_t count = signal_count(draft, draft.findings());
    SignalReader signals(draft, count);
    for (int i = 0; i < count; ++i) signals.read(i);
    read_edf_sizes(draft, count);
    if (draft.header.layout.record_nanoseconds == 0)
        for (const EdfSlot& s : draft.header.layout.slots)
            if (!s.annotations && !s.unsure && s.samples > 0)
                draft.refuse(draft.field("record duration", 244, 8),
                             "a record duration of 0 with signals gives no sampling rate");
    return std::move(draft.header);
}

}  // namespace psg::io
