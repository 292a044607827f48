// Channels as EDF+ and EDFlib can hold them.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/fix/fix_channels.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "libpsg/io/text/ascii_text.hpp"
#include "libpsg/io/edf/edf_fields.hpp"
#include "libpsg/io/edf/edf_samples.hpp"
#include "libpsg/io/text/text_encoding.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/model/unit.hpp"

namespace psg::workflow {

namespace {

struct Range {
    std::int32_t low = std::numeric_limits<std::int32_t>::max(), high = std::numeric_limits<std::int32_t>::min();
};

// Smallest and largest digital value of some channels, in one pass.
std::map<int, Range> sample_ranges(const io::EdfReader& reader, const std::vector<int>& channels) {
    std::map<int, Range> ranges;
    if (channels.empty()) return ranges;
    std::vector<std::int32_t> values;
    reader.for_each_block(channels, [&](const io::SlotBlock& block) {
        for (std::size_t k = 0; k < channels.size(); ++k) {
            const io::SlotBlock::Slot& s = block.slots[k];
            Range& range = ranges[channels[k]];
            values.resize(static_cast<std::size_t>(s.samples));
            for (std::int64_t r = 0; r < block.record_count; ++r) {
                io::decode_digital(reader.layout().sample_bytes, s.bytes + r * s.stride, values);
                for (const std::int32_t v : values) {
                    range.low = std::min(range.low, v);
                    range.high = std::max(range.high, v);
                }
            }
        }
    });
    return ranges;
}

double header_number(const std::string& text) {
    Findings ignored;
    io::EdfField field;
    field.bytes = text;
    return io::read_number(field, ignored).value_or(0);
}

class Fixer {
public:
    Fixer(const io::EdfReader& reader, Findings& findings) : reader_(reader), findings_(findings) {}

    void say(const Channel& c, FindingCode code, const std::string& message, const std::string& repair,
             const std::string& field = {}) {
        findings_.push_back({code, message, repair, field, c.index, c.label});
    }

    std::string text(const Channel& c, const std::string& original, std::size_t width, const char* field) {
        std::string ascii = io::to_ascii(original);
        ascii.resize(std::min(ascii.size(), width));
        if (ascii != original)
            say(c, FindingCode::FIX_TEXT, std::string("the ") + field + " '" + original + "' is not ASCII",
                "written as '" + ascii + "'", field);
        return ascii;
    }

    std::string unit(const Channel& c) {
        if (io::is_printable_ascii(c.unit_text)) return c.unit_text;
        const Unit known = parse_unit(c.unit_text);
        if (known.recognised && known.factor == 1) {
            say(c, FindingCode::FIX_TEXT, "the unit '" + c.unit_text + "' is not ASCII",
                "written as '" + known.name + "'", "unit");
            return known.name;
        }
        // what is no known unit must not become one: "\u00fbV" is not "uV"
        const std::string written = "?" + io::to_ascii(c.unit_text).substr(0, 7);
        if (known.recognised || !parse_unit(io::clean_text(written.substr(1)).text).recognised)
            return text(c, c.unit_text, 8, "unit");
        say(c, FindingCode::FIX_TEXT, "the unit '" + c.unit_text + "' is not ASCII, and not known",
            "written as '" + written + "'", "unit");
        return written;
    }

    // Nothing: no limits were found that EDFlib can write.
    bool set_limits(const Channel& c, Range samples, FixedChannel& out) {
        const int bytes = reader_.layout().sample_bytes;
        const double p0 = header_number(c.physical_min), p1 = header_number(c.physical_max);
        const bool limited = c.calibration->low == c.digital_min && c.calibration->high == c.digital_max;
        if (limited) {
            samples.low = std::clamp(samples.low, c.digital_min, c.digital_max);
            samples.high = std::clamp(samples.high, c.digital_min, c.digital_max);
        }
        const auto use = [&](const Limits& l, const std::string& unit) {
            out.output.physical_min = l.physical_min;
            out.output.physical_max = l.physical_max;
            out.output.digital_min = l.digital_min;
            out.output.digital_max = l.digital_max;
            out.output.unit = unit;
            out.low = limited ? c.digital_min : l.digital_min;
            out.high = limited ? c.digital_max : l.digital_max;
            if (limited && (l.digital_min > out.low || l.digital_max < out.high))
                out.low = l.digital_min, out.high = l.digital_max;
        };
        const std::string unit_text = unit(c);
        if (const auto l = fit_limits(p0, p1, c.digital_min, c.digital_max, samples.low, samples.high, bytes)) {
            const bool same = l->digital_min == std::min(c.digital_min, c.digital_max) &&
                              l->digital_max == std::max(c.digital_min, c.digital_max);
            if (c.digital_min > c.digital_max && same)
                say(c, FindingCode::FIX_CALIBRATION, "the digital range is reversed",
                    "written as a reversed physical range", "digital range");
            else if (!same)
                say(c, FindingCode::FIX_CALIBRATION, "the range cannot be written as it stands",
                    "other limits on the same line: digital " + std::to_string(l->digital_min) + " to " +
                        std::to_string(l->digital_max),
                    "digital range");
            use(*l, unit_text);
            return true;
        }
        const Unit known = parse_unit(c.unit_text);
        if (!known.recognised || !known.is_voltage()) return false;
        for (const auto& [name, factor] : {std::pair{"uV", 1.0}, {"mV", 1e3}, {"V", 1e6}, {"nV", 1e-3}}) {
            const double scale = known.factor / factor;
            const auto l =
                fit_limits(p0 * scale, p1 * scale, c.digital_min, c.digital_max, samples.low, samples.high, bytes);
            if (!l) continue;
            say(c, FindingCode::FIX_CALIBRATION, "the limits cannot be written in '" + c.unit_text + "'",
                std::string("written in ") + name, "physical range");
            use(*l, name);
            return true;
        }
        return false;
    }

private:
    const io::EdfReader& reader_;
    Findings& findings_;
};

// Can the limits of the header be written as they are?
bool limits_stand(const Channel& c) {
    if (c.calibration->low != c.digital_min || c.calibration->high != c.digital_max) return false;
    for (const std::string& text : {c.physical_min, c.physical_max}) {
        const double value = header_number(text);
        if (io::header_limit(value) != value) return false;
    }
    return true;
}

}  // namespace

std::vector<FixedChannel> fix_channels(const io::EdfReader& reader, const std::vector<std::string>& labels,
                                       bool keep_uncalibrated, Findings& findings) {
    const Recording& recording = reader.recording();
    for (const std::string& label : labels)
        if (std::none_of(recording.channels.begin(), recording.channels.end(),
                         [&](const Channel& c) { return c.label == label; }))
            throw UsageError("the recording has no channel '" + label + "'", "psg-info lists them");
    const std::set<std::string> wanted(labels.begin(), labels.end());
    std::map<int, io::EdfSlot> slots;
    for (const io::EdfSlot& s : reader.layout().slots) slots[s.index] = s;

    std::vector<const Channel*> chosen;
    std::vector<int> to_scan;
    for (const Channel& c : recording.channels) {
        if (!wanted.empty() && !wanted.count(c.label)) continue;
        chosen.push_back(&c);
        if (c.calibration && !limits_stand(c)) to_scan.push_back(c.index);
    }
    const auto ranges = sample_ranges(reader, to_scan);

    Fixer fixer(reader, findings);
    std::vector<FixedChannel> fixed;
    const std::int32_t top = reader.layout().sample_bytes == 2 ? 32767 : 8388607;
    for (const Channel* c : chosen) {
        FixedChannel out;
        out.slot = slots[c->index];
        if (out.slot.annotations) {
            fixer.say(*c, FindingCode::FIX_CHANNEL_LEFT_OUT, "the channel holds annotations",
                      "they are written as annotations, the channel itself is left out");
            continue;
        }
        out.output.label = fixer.text(*c, c->label, 16, "label");
        if (out.slot.unsure) {  // EDFlib refuses the name, and other readers would look for annotations in it
            out.output.label = "Signal EDF Ann.";
            fixer.say(*c, FindingCode::FIX_TEXT, "the label is that of an annotation channel, which this is not",
                      "written as '" + out.output.label + "'", "label");
        }
        out.output.transducer = fixer.text(*c, c->transducer, 80, "transducer");
        out.output.prefilter = fixer.text(*c, c->prefilter, 80, "prefilter");
        const auto scanned = ranges.find(c->index);
        const Range samples = scanned == ranges.end() ? Range{c->digital_min, c->digital_max} : scanned->second;
        if (!c->calibration || !fixer.set_limits(*c, samples, out)) {
            const std::string why = c->calibration ? "the calibration has no limits that EDFlib can write"
                                                   : "the channel is not calibrated";
            if (!keep_uncalibrated) {
                fixer.say(*c, FindingCode::FIX_CHANNEL_LEFT_OUT, why, "the channel is left out");
                continue;
            }
            fixer.say(*c, FindingCode::FIX_CALIBRATION, why, "its digital values are written without a unit");
            out.output.unit.clear();
            out.output.physical_min = out.output.digital_min = out.low = -top - 1;
            out.output.physical_max = out.output.digital_max = out.high = top;
        }
        fixed.push_back(std::move(out));
    }
    return fixed;
}

}  // namespace psg::workflow
