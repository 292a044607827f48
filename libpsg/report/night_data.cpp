// The numbers of the interactive plots, as JSON.
// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "libpsg/report/colours.hpp"
#include "libpsg/report/night_html.hpp"
#include "libpsg/report/page_text.hpp"

namespace psg::report {

namespace {

template <class Values, class F>
std::string json_list(const Values& values, F text) {
    std::string list = "[";
    for (const auto& v : values) {
        if (list.size() > 1) list += ',';
        list += text(v);
    }
    return list + "]";
}

// Three significant digits: as many as a curve can show.
std::string short_number(float v) {
    const double a = std::abs(static_cast<double>(v));
    return json_number(static_cast<double>(v), a >= 100 ? 0 : a >= 10 ? 1 : 2);
}

std::string moment_or_null(const std::optional<double>& s) {
    return s ? json_number(*s, 3) : "null";
}

std::string epochs_json(const NightReport& night) {
    const Hypnogram& h = night.hypnogram;
    std::string json = fmt::format("\"epoch\":{{\"start\":{},\"length\":{}}},\"stages\":", json_number(seconds(h.start), 6), json_number(seconds(h.epoch), 6));
    json += json_list(h.stages, [](Stage s) { return std::to_string(static_cast<int>(s)); }) + ",\"p\":";
    if (h.probabilities.empty()) return json + "null";
    return json + json_list(h.probabilities, [](const StageProbabilities& p) -> std::string {
        return std::isnan(p[0]) ? "null" : json_list(p, [](double x) { return json_number(x, 3); });
    });
}

std::string events_json(const NightReport& night) {
    std::size_t lane = 0;
    std::string json = "\"classes\":" + json_list(night.classes, [&](const EventClass& c) {
        const bool shown = c.count > 0 && lane < max_lanes;
        return fmt::format("{{\"name\":{},\"count\":{},\"lane\":{}}}", json_text(c.name), c.count, shown ? static_cast<int>(lane++) : -1);
    });
    const auto list = [&](const char* name, auto text) { json += fmt::format("{}\"{}\":", json.back() == '{' ? "" : ",", name) + json_list(night.events, text); };
    json += ",\"events\":{";
    list("class", [](const ReportEvent& e) { return std::to_string(e.event_class); });
    list("onset", [](const ReportEvent& e) { return json_number(e.onset_s, 3); });
    list("duration", [](const ReportEvent& e) { return json_number(e.duration_s, 3); });
    list("id", [](const ReportEvent& e) { return json_text(e.id); });
    list("stage", [](const ReportEvent& e) { return json_text(e.stage); });
    list("channel", [](const ReportEvent& e) { return json_text(e.channel); });
    list("side", [](const ReportEvent& e) { return json_text(e.side); });
    list("measures", [](const ReportEvent& e) { return json_text(e.measures); });
    return json + "}";
}

std::string spectrogram_json(const SpectrogramView& s) {
    const auto [low, high] = spectrogram_range(s);
    std::string bytes;  // 0: gap, 1 to 255 from `low` to `high`
    for (const float v : s.db)
        bytes += static_cast<char>(std::isnan(v) ? 0 : 1 + std::lround(std::clamp((static_cast<double>(v) - low) / (high - low), 0.0, 1.0) * 254));
    std::string colours = "[[0,0,0]";
    for (int i = 0; i < 255; ++i) {
        const Colour c = viridis(i / 254.0);
        colours += fmt::format(",[{},{},{}]", c.r, c.g, c.b);
    }
    return fmt::format("{{\"step\":{},\"low\":{},\"bin\":{},\"bins\":{},\"steps\":{},\"colours\":{}],\"data\":\"{}\"}}", json_number(s.step_s, 3),
                       json_number(s.low_hz, 3), json_number(s.bin_hz, 6), s.bins, s.steps(), colours, base64(bytes));
}

// Traces as bytes: pairs of lowest and highest of each part, 1 to 255 over the range of the trace; 0: gap.
std::string excerpt_json(const Excerpt& e) {
    return fmt::format("{{\"before\":{},\"after\":{},\"length\":{},\"traces\":{}}}", json_number(e.before_s, 3), json_number(e.after_s, 3), json_number(e.duration_s, 3),
                       json_list(e.traces, [](const Trace& t) {
                           const auto [low, high] = trace_range(t);
                           std::string bytes;
                           for (std::size_t i = 0; i < t.low.size(); ++i)
                               for (const float v : {t.low[i], t.high[i]})
                                   bytes += static_cast<char>(std::isnan(v) ? 0 : 1 + std::lround((static_cast<double>(v) - low) / (high - low) * 254));
                           return fmt::format("{{\"name\":{},\"label\":{},\"unit\":{},\"range\":{},\"data\":\"{}\"}}", json_text(t.name), json_text(t.label), json_text(t.unit),
                                              json_text(std::isnan(high - low) ? "" : rate_text(high - low)), base64(bytes));
                       }));
}

// Mean of the values of a view that lie in an epoch, NaN left out; NaN if none is left.
struct EpochMean {
    double sum = 0, count = 0;
    void add(float v) {
        if (std::isnan(v)) return;
        sum += static_cast<double>(v);
        ++count;
    }
    double value() const { return count > 0 ? sum / count : std::nan(""); }
};

// Columns of the table of epochs beside stage and probabilities: what the plots show, by epoch.
std::string epoch_values_json(const NightReport& night) {
    const Hypnogram& h = night.hypnogram;
    std::string json = "[";
    const auto column = [&](const std::string& name, double step_s, std::size_t steps, auto add) {
        if (json.size() > 1) json += ',';
        json += "{\"name\":" + json_text(name) + ",\"values\":[";
        for (std::size_t i = 0; i < h.stages.size(); ++i) {
            EpochMean mean;
            const double from = seconds(h.epoch_extent(i).onset) / step_s, to = seconds(h.epoch_extent(i).offset) / step_s;
            for (auto k = static_cast<std::size_t>(std::max(0.0, std::ceil(from - 1e-9))); k < steps && static_cast<double>(k) < to - 1e-9; ++k) add(mean, k);
            json += (i ? "," : "") + json_number(mean.value(), 2);
        }
        json += "]}";
    };
    for (const EnvelopeView& e : night.envelopes) {
        column(e.name + ", mean of the medians, " + e.unit, e.step_s, e.median.size(), [&](EpochMean& m, std::size_t k) { m.add(e.median[k]); });
        column(e.name + ", mean of the highest, " + e.unit, e.step_s, e.peak.size(), [&](EpochMean& m, std::size_t k) { m.add(e.peak[k]); });
    }
    if (night.spectrogram) {
        const SpectrogramView& s = *night.spectrogram;
        struct Band {
            const char* name;
            double low, high;
        };
        for (const Band& b : {Band{"0.5–4", 0.5, 4}, Band{"4–8", 4, 8}, Band{"8–12", 8, 12}, Band{"12–16", 12, 16}, Band{"16–30", 16, 30}})
            column(fmt::format("{} Hz, mean dB", b.name), s.step_s, s.steps(), [&](EpochMean& m, std::size_t k) {
                for (std::size_t i = 0; i < s.bins; ++i)
                    if (const double f = s.low_hz + (static_cast<double>(i) + 0.5) * s.bin_hz; f >= b.low && f < b.high) m.add(s.db[k * s.bins + i]);
            });
    }
    return json + "]";
}

}  // namespace

std::string night_data(const NightReport& night) {
    std::string json = fmt::format("{{\"start\":{},\"duration\":{},\"lights\":[{},{}],", moment_or_null(night.start_clock_s), json_number(night.duration_s, 3),
                                   moment_or_null(night.lights_off_s), moment_or_null(night.lights_on_s));
    const auto colour = [](const Colour& c) { return json_text(colour_text(c)); };
    json += "\"colours\":" + json_list(stage_colours, colour) + ",\"laneColours\":" + json_list(lane_colours, colour) + ",";
    json += epochs_json(night) + "," + events_json(night);
    json += ",\"envelopes\":" + json_list(night.envelopes, [](const EnvelopeView& e) {
        return fmt::format("{{\"name\":{},\"unit\":{},\"step\":{},\"median\":{},\"peak\":{}}}", json_text(e.name), json_text(e.unit), json_number(e.step_s, 6),
                           json_list(e.median, short_number), json_list(e.peak, short_number));
    });
    json += ",\"spectrogram\":" + (night.spectrogram ? spectrogram_json(*night.spectrogram) : "null");
    json += ",\"gallery\":" + json_list(night.gallery, excerpt_json);
    return json + ",\"epochValues\":" + epoch_values_json(night) + "}";
}

}  // namespace psg::report
