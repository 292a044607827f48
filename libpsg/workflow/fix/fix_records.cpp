// Data records that EDFlib can write.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/fix/fix_records.hpp"

#include <cmath>
#include <numeric>
#include <optional>

#include "libpsg/io/edf/edf_output_header.hpp"
#include "libpsg/model/error.hpp"

namespace psg::workflow {

namespace {

constexpr std::int64_t step_ns = 10'000;             // EDFlib's unit of record durations
constexpr std::int64_t longest_ns = 60'000'000'000;  // its longest record
constexpr std::int64_t most_records = 99'999'999;    // eight digits

}  // namespace

RecordPlan plan_records(const std::string& file, std::int64_t record_nanoseconds,
                        const std::vector<std::int64_t>& samples, std::int64_t in_records, std::int64_t max_samples) {
    std::int64_t quanta = 0, total = 0;
    for (const std::int64_t n : samples) {
        quanta = std::gcd(quanta, n);
        total += n;
    }
    const std::int64_t per_quantum = total / quanta;  // samples of all channels
    const std::int64_t length = in_records * quanta;  // of the stretch, in quanta
    // k quanta last k * record / quanta ns: a multiple of the step if k is one of this
    const std::int64_t smallest = quanta * step_ns / std::gcd(quanta * step_ns, record_nanoseconds);

    const auto plan_of = [&](std::int64_t k) -> std::optional<RecordPlan> {
        if (k % smallest != 0 || k * per_quantum > max_samples) return std::nullopt;
        const double rough =
            static_cast<double>(k) * static_cast<double>(record_nanoseconds) / static_cast<double>(quanta);
        if (rough > 2.0 * static_cast<double>(longest_ns)) return std::nullopt;  // the product below cannot overflow
        const std::int64_t steps = k / smallest *
                                   (smallest * (record_nanoseconds / std::gcd(record_nanoseconds, quanta * step_ns)) /
                                    (quanta * step_ns / std::gcd(record_nanoseconds, quanta * step_ns)));
        RecordPlan plan{Time(steps * 10), quanta, k, (length + k - 1) / k, 0};
        plan.padding_quanta = plan.records * k - length;
        if (!io::edflib_writes_duration(plan.duration) || plan.records > most_records) return std::nullopt;
        return plan;
    };
    if (auto same = plan_of(quanta)) return *same;

    std::optional<RecordPlan> best;
    const auto better = [](const RecordPlan& a, const RecordPlan& b) {
        if (a.padding_quanta != b.padding_quanta) return a.padding_quanta < b.padding_quanta;
        return std::abs(std::log(seconds(a.duration))) < std::abs(std::log(seconds(b.duration)));
    };
    const double smallest_ns =
        static_cast<double>(smallest) * static_cast<double>(record_nanoseconds) / static_cast<double>(quanta);
    const auto most = static_cast<std::int64_t>(static_cast<double>(longest_ns) / smallest_ns);  // at most 6 million
    for (std::int64_t j = 1; j <= most; ++j)
        if (const auto plan = plan_of(j * smallest); plan && (!best || better(*plan, *best))) best = plan;
    if (!best)
        throw DataError(file,
                        "EDFlib cannot write records that hold whole samples of every channel (its records last 1 ms "
                        "to 60 s in steps of 10 us)",
                        "leave out the channel with the odd rate (--channels)");
    return *best;
}

}  // namespace psg::workflow
