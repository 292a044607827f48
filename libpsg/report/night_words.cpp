// What the figures of a night tell, in words.
// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>

#include "libpsg/report/night_report.hpp"
#include "libpsg/report/page_text.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::report {

std::vector<std::vector<std::size_t>> events_by_class(const NightReport& night) {
    std::vector<std::vector<std::size_t>> lanes(night.classes.size());
    for (std::size_t i = 0; i < night.events.size(); ++i) lanes[night.events[i].event_class].push_back(i);
    return lanes;
}

std::string moment_text(const NightReport& night, double s) {
    const double day = 86400;
    double t = std::floor(night.start_clock_s ? std::fmod(s + *night.start_clock_s, day) : s);
    if (t < 0) t += night.start_clock_s ? day : 0;
    const auto whole = static_cast<long>(std::max(0.0, t));
    const auto h = whole / 3600, m = whole / 60 % 60, rest = whole % 60;
    return night.start_clock_s ? fmt::format("{:02}:{:02}:{:02}", h, m, rest) : fmt::format("{}:{:02}:{:02} h", h, m, rest);
}

std::vector<std::string> worth_sentences(const NightReport& night) {
    std::vector<std::string> sentences{std::string(night.simulated ? "The recording is simulated: no number here is about a person. " : "") + "Nothing here is a diagnosis."};
    std::map<std::string, std::string> classes;
    for (const EventClass& c : night.classes)
        if (!c.basis.empty()) classes[c.basis] += (classes[c.basis].empty() ? "" : ", ") + c.name;
    for (const auto& [basis, names] : classes) sentences.push_back(names + ": " + basis + ".");
    return sentences;
}

std::pair<double, double> spectrogram_range(const SpectrogramView& spectrogram) {
    const double low = signal::percentile(spectrogram.db, 2), high = signal::percentile(spectrogram.db, 98);
    if (std::isnan(low)) return {0, 1};
    return {low, std::max(high, low + 1)};
}

std::pair<double, double> trace_range(const Trace& trace) {
    double low = std::nan(""), high = low;
    for (std::size_t i = 0; i < trace.low.size(); ++i) {  // fmin and fmax pass over NaN
        low = std::fmin(low, static_cast<double>(trace.low[i]));
        high = std::fmax(high, static_cast<double>(trace.high[i]));
    }
    return {low, std::fmax(high, low + 1e-9)};  // a flat trace has a range, too
}

std::string hypnogram_words(const NightReport& night) {
    const Hypnogram& h = night.hypnogram;
    if (h.stages.empty()) return "No epoch was staged.";
    std::string words = fmt::format("Sleep stages of {} epochs of {} s, from {} to {}:", h.stages.size(), number_text(seconds(h.epoch)),
                                    moment_text(night, seconds(h.start)), moment_text(night, seconds(h.extent().offset)));
    for (const Stage stage : scored_stages) {
        const auto n = std::count(h.stages.begin(), h.stages.end(), stage);
        words += fmt::format(" {} {} min,", stage_name(stage), number_text(static_cast<double>(n) * seconds(h.epoch) / 60));
    }
    words.back() = '.';
    const auto unknown = std::count(h.stages.begin(), h.stages.end(), Stage::unknown);
    if (unknown > 0) words += fmt::format(" {} epochs could not be staged.", unknown);
    words += fmt::format(" Stages: {}.", h.source.empty() ? "source unknown" : h.source);
    if (h.probabilities.empty()) words += " The source gives no probabilities, so there is no band of them.";
    return words;
}

std::string events_words(const NightReport& night) {
    if (night.classes.empty()) return "No class of events was looked for.";
    std::string found, none;
    for (const EventClass& c : night.classes) {
        if (c.count > 0)
            found += fmt::format("{}{} {}", found.empty() ? "" : ", ", c.count, c.name);
        else
            none += (none.empty() ? "" : ", ") + c.name;
    }
    std::string words = found.empty() ? "No event was found." : "Events, a row a class: " + found + ".";
    if (!none.empty()) words += " Looked for and not found: " + none + ".";
    return words;
}

static std::string range_words(const std::vector<float>& values, const std::string& unit) {
    if (std::isnan(signal::median(values))) return "nothing can be seen";
    const auto at = [&](double p) { return number_text(signal::percentile(values, p)); };
    return fmt::format("median {} {}, 5 to 95 % from {} to {} {}", at(50), unit, at(5), at(95), unit);
}

std::string envelope_words(const EnvelopeView& envelope) {
    const auto steps = envelope.median.size();
    return fmt::format("Amplitude of the {} EMG ({}) above 20 Hz, root mean square of 10 ms: the median and the highest of each {} s, {} values; medians: {}.",
                       envelope.name, envelope.label, number_text(envelope.step_s), steps, range_words(envelope.median, envelope.unit));
}

std::string spectrogram_words(const SpectrogramView& s) {
    return fmt::format("Power of {} from {} to {} Hz, a column for each {} s, in dB of {}: {}.", s.label, number_text(s.low_hz),
                       number_text(s.low_hz + s.bin_hz * static_cast<double>(s.bins)), number_text(s.step_s), s.unit, range_words(s.db, "dB"));
}

std::string intervals_words(const NightReport& night) {
    if (night.intervals.empty()) return "Intervals between leg movements are not in the file.";
    std::int64_t all = 0, periodic = 0, longer = 0;
    for (const IntervalBin& b : night.intervals) {
        const std::int64_t n = b.all();
        all += n;
        if (b.lower_s >= 10 && b.upper_s <= 90) periodic += n;
        if (b.lower_s >= 90) longer += n;
    }
    return fmt::format("{} intervals from the onset of one leg movement to that of the next: {} from 10 to below 90 s, {} of 90 s or more. "
                       "The band of periodic leg movements is 10 to 90 s (WASM 2016).", all, periodic, longer);
}

}  // namespace psg::report
