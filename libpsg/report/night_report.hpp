// What a page about a night shows: plain values, filled by workflow/report, drawn and written by this folder.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libpsg/model/hypnogram.hpp"
#include "libpsg/model/table.hpp"

namespace psg::report {

/// A figure that is told first: "sleep efficiency", "82.1", "%".
struct KeyFigure {
    std::string name, value, unit;
    std::string formula;  ///< how it is made; may be empty
};

/// A class of events that was looked for, or of which there are events.
struct EventClass {
    std::string name;   ///< as in the tables: "leg_movement"
    std::string basis;  ///< what its results are worth
    std::size_t count = 0;
};

struct ReportEvent {
    std::size_t event_class = 0;  ///< index into NightReport::classes
    double onset_s = 0, duration_s = 0;
    std::string id, stage, channel, side;
    std::string measures;  ///< "peak_uv 353.4 uV; grade probable"; empty if none are shown
};

/// Count and rate of one class in one stage, as in the table `summary`.
struct StageCount {
    std::string event_class, stage;
    std::int64_t count = 0;
    double minutes = 0, rate = 0;
};

/// Inter-movement intervals from `lower_s` to below `upper_s`, by the stage of the later movement's onset.
struct IntervalBin {
    double lower_s = 0, upper_s = 0;
    std::int64_t sleep = 0, wake = 0, unstaged = 0;
    std::int64_t all() const { return sleep + wake + unstaged; }
};

/// How strong a muscle is over time: of each step the median and the highest amplitude; NaN where nothing can be seen.
struct EnvelopeView {
    std::string name;   ///< "left leg"
    std::string label;  ///< of the channel
    std::string unit;
    double step_s = 1;
    std::vector<float> median, peak;
};

/// Density of an EEG over time in dB, `bins` values from `low_hz` for each step, step after step; NaN in gaps.
struct SpectrogramView {
    std::string label;
    std::string unit;  ///< of 0 dB: "uV^2/Hz"
    double step_s = 10, low_hz = 0, bin_hz = 0;
    std::size_t bins = 0;
    std::vector<float> db;

    std::size_t steps() const { return bins ? db.size() / bins : 0; }
};

/// One channel around an event: the lowest and highest sample of each of the equal parts of the excerpt; NaN in gaps.
struct Trace {
    std::string name, label, unit;
    std::vector<float> low, high;
};

/// All channels around an event.
struct Excerpt {
    std::string id;
    std::string words;  ///< its measures, in one line; may be empty
    double onset_s = 0, duration_s = 0;       ///< of the event
    double before_s = 0, after_s = 0;         ///< shown before and behind the onset
    std::vector<Trace> traces;
};

/// A table of the page.
struct ReportTable {
    std::string heading;
    std::string words;  ///< what it tells; may be empty
    Table table;
};

struct ReportWarning {
    std::string code, message, repair;
};

struct NightReport {
    std::string title;
    std::string version;  ///< of libpsg, that made the tables
    bool simulated = false;
    double duration_s = 0;
    std::optional<double> start_clock_s;  ///< time of day of the start, since midnight
    std::optional<double> lights_off_s, lights_on_s;
    Hypnogram hypnogram;  ///< `source` tells where the stages come from
    std::vector<KeyFigure> key_figures;
    std::vector<EventClass> classes;
    std::vector<ReportEvent> events;  ///< in order of time
    std::vector<StageCount> counts;
    std::vector<IntervalBin> intervals;
    std::vector<EnvelopeView> envelopes;
    std::optional<SpectrogramView> spectrogram;
    std::string gallery_class;
    std::size_t gallery_events = 0;  ///< of this class in the night; `gallery` may show fewer
    std::vector<Excerpt> gallery;
    std::vector<std::string> absent;  ///< what cannot be shown and why, a sentence each
    std::vector<ReportWarning> warnings;
    std::vector<ReportTable> sleep_tables, movement_tables, recording_tables, other_tables;
};

/// Events of each class in the order of NightReport::classes, indices into NightReport::events.
std::vector<std::vector<std::size_t>> events_by_class(const NightReport& night);

/// "23:05:10" where the start is known, else "1:05:10 h" since the start.
std::string moment_text(const NightReport& night, double s);

/// More rows of events than this are not drawn, only listed; the page says so.
inline constexpr std::size_t max_lanes = 40;

/// What the results are worth: simulated or not, the rules of each class of movement, no diagnosis. A sentence each.
std::vector<std::string> worth_sentences(const NightReport& night);

/// The powers, in dB, of the darkest and the brightest colour: percentiles 2 and 98 of all.
std::pair<double, double> spectrogram_range(const SpectrogramView& spectrogram);

/// From the lowest to the highest value of a trace; NaN if it has none.
std::pair<double, double> trace_range(const Trace& trace);

/// Words of each figure for those who do not see it.
std::string hypnogram_words(const NightReport& night);
std::string events_words(const NightReport& night);
std::string envelope_words(const EnvelopeView& envelope);
std::string spectrogram_words(const SpectrogramView& spectrogram);
std::string intervals_words(const NightReport& night);

}  // namespace psg::report
