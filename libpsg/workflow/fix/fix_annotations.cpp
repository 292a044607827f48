// Which annotation goes into which file.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/fix/fix_annotations.hpp"

#include <algorithm>
#include <map>

#include "libpsg/io/edf/edf_writer.hpp"

namespace psg::workflow {

namespace {

using namespace std::chrono_literals;

bool is_fine(Time onset, Time duration, Time start) {
    return (onset + start % 1s) % 100us != 0us || duration % 100us != 0us;
}

bool has_control(const std::string& text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

AnnotationPlan place_annotations(const std::vector<Annotation>& annotations, const std::vector<Interval>& segments,
                                 const std::vector<Time>& starts, bool round, Findings& findings) {
    AnnotationPlan plan;
    plan.segments.resize(std::max<std::size_t>(1, segments.size()));
    std::map<std::string, std::int64_t> reasons;
    std::int64_t rounded = 0, crossing = 0;
    for (const Annotation& a : annotations) {
        // the last segment that begins at or before the annotation
        const auto after = std::upper_bound(segments.begin(), segments.end(), a.onset,
                                            [](Time t, const Interval& i) { return t < i.onset; });
        const std::size_t s = after == segments.begin() ? 0 : static_cast<std::size_t>(after - segments.begin()) - 1;
        const bool last = s + 1 >= segments.size();
        const Time origin = segments.empty() ? Time(0) : segments[s].onset;
        const Time onset = a.onset - origin;
        std::string reason;
        if (onset < 0us)
            reason = "begin before the recording";
        else if (!last && a.onset >= segments[s].offset)
            reason = "begin in a gap";
        else if (a.text.size() > io::max_edf_annotation_bytes)
            reason = "are longer than the 40 bytes that EDFlib writes";
        else if (a.text.empty() || has_control(a.text))
            reason = "have no text or control characters in it";
        else if (a.duration < 0us)
            reason = "have a negative duration";
        else if (is_fine(onset, a.duration, starts[s]) && !round)
            reason = "have times finer than the 100 us that EDFlib writes";
        if (!reason.empty()) {
            ++reasons[reason];
            plan.elsewhere.push_back(io::annot_row(a));
            continue;
        }
        rounded += is_fine(onset, a.duration, starts[s]);
        crossing += !last && a.onset + a.duration > segments[s].offset;
        plan.segments[s].in_file.push_back({onset, a.duration, a.text});
    }
    const auto say = [&](std::int64_t count, const std::string& what, const std::string& repair) {
        if (count > 0)
            findings.push_back(
                {FindingCode::FIX_ANNOTATION, std::to_string(count) + " annotations " + what, repair, "annotations"});
    };
    for (const auto& [reason, count] : reasons) say(count, reason, "written to the .annot file");
    say(rounded, "have times finer than the 100 us that EDFlib writes", "rounded");
    say(crossing, "last longer than the segment in which they begin",
        "written with their whole duration into that segment's file");
    return plan;
}

}  // namespace psg::workflow
