// YASA-compatible staging: features, probabilities and stages of YASA itself, and what it cannot do.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/yasa_stager.hpp"

#include <catch2/catch.hpp>
#include <charconv>
#include <cmath>
#include <map>

#include "libpsg/io/edf/edf_reader.hpp"
#include "libpsg/io/gzip.hpp"
#include "libpsg/io/input_file.hpp"
#include "libpsg/model/error.hpp"
#include "tests/reference.hpp"
#include "tests/staging/plain_signals.hpp"
#include "tests/staging/tiny_trees.hpp"

using namespace psg;
using namespace psg::staging;
using namespace std::chrono_literals;

namespace {

// Not io::TextTable: 150 columns by 960 rows are read in a moment this way.
struct Columns {
    std::vector<std::string> names;
    std::vector<std::vector<std::string>> rows;
    explicit Columns(const std::string& path) {
        const std::string text = io::unpacked(io::read_text_file(path), path);
        std::size_t from = 0;
        while (from < text.size()) {
            const std::size_t end = std::min(text.find('\n', from), text.size());
            std::vector<std::string> fields;
            for (std::size_t at = from; at <= end;) {
                const std::size_t tab = std::min(text.find('\t', at), end);
                fields.push_back(text.substr(at, tab - at));
                at = tab + 1;
            }
            if (names.empty())
                names = fields;
            else
                rows.push_back(fields);
            from = end + 1;
        }
    }
    double number(std::size_t row, std::size_t column) const {
        double value = NAN;
        const std::string& text = rows[row][column];
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    }
};

YasaModel model_of(const std::string& path) {
    return read_yasa_model(io::unpacked(io::read_text_file(path), path), path);
}

std::vector<Signal> signals_of(const std::string& edf, Time& duration) {
    const io::EdfReader reader(edf);
    duration = reader.recording().duration();
    std::vector<int> channels;
    for (const Channel& c : reader.recording().channels) channels.push_back(c.index);
    return reader.read(channels);
}

struct Parity {
    double same = 0, within_002 = 0, worst = 0;
};

Parity parity(const StagingResult& result, const Columns& yasa) {
    REQUIRE(result.hypnogram.stages.size() == yasa.rows.size());
    Parity p;
    const double n = double(yasa.rows.size());
    for (std::size_t t = 0; t < yasa.rows.size(); ++t) {
        p.same += stage_name(result.hypnogram.stages[t]) == yasa.rows[t][1] ? 1 / n : 0;
        for (std::size_t k = 0; k < 5; ++k) {
            const double difference = std::abs(result.hypnogram.probabilities[t][k] - yasa.number(t, 2 + k));
            p.within_002 += difference <= 0.02 ? 1 / (5 * n) : 0;
            p.worst = std::max(p.worst, std::isnan(difference) ? 1 : difference);
        }
    }
    return p;
}

Signal noise(std::int64_t hz, double length_s) {
    test::Noise noise;
    return test::made_signal("noise", hz, length_s, [&](std::int64_t) { return noise.next(); });
}

std::string message(const StagingResult& result) {
    for (const Finding& f : result.findings)
        if (f.code == FindingCode::STAGING_NOT_RUN) return f.message;
    return {};
}

}  // namespace

TEST_CASE("the names of YASA's 149 features are known, and no others", "[staging]") {
    std::size_t known = 0;
    for (const char* channel : {"eeg", "eog", "emg"})
        for (const char* measure :
             {"std",    "iqr",    "skew",  "kurt",  "nzc",   "hmob", "hcomp", "abspow", "perm", "higuchi", "petrosian",
              "sdelta", "fdelta", "theta", "alpha", "sigma", "beta", "dt",    "ds",     "db",   "at"})
            for (const char* suffix : {"", "_c7min_norm", "_p2min_norm"})
                known += yasa_feature(std::string(channel) + "_" + measure + suffix) ? 1 : 0;
    known += yasa_feature("time_hour") && yasa_feature("time_norm") ? 2 : 0;
    CHECK(known == 149);
    for (const char* other :
         {"", "eeg_", "emg_beta", "eog_dt", "ecg_std", "eeg_std_c7min", "eeg_std_c7min_norm_p2min_norm", "time", "age"})
        CHECK_FALSE(yasa_feature(other));
}

TEST_CASE("the features of a night are YASA's", "[staging]") {
    PSG_REFERENCE_OR_SKIP(edf, "staging/yasa/sim8h.edf");
    PSG_REFERENCE_OR_SKIP(table, "staging/yasa/sim8h_features.tsv.gz");
    const Columns yasa(table);
    Time duration{0};
    const std::vector<Signal> signals = signals_of(edf, duration);
    std::vector<YasaFeature> features;
    for (std::size_t c = 1; c < yasa.names.size(); ++c) features.push_back(yasa_feature(yasa.names[c]).value());
    REQUIRE(features.size() == 149);
    std::array<YasaMeasures, yasa_channel_count> measures;
    std::array<const YasaMeasures*, yasa_channel_count> channels{};
    for (std::size_t i = 0; i < 3; ++i) {
        measures[i] = yasa_measures(signals[i], static_cast<YasaChannel>(i), duration);
        channels[i] = &measures[i];
    }
    const std::vector<float> rows = yasa_table(features, channels);
    REQUIRE(rows.size() == yasa.rows.size() * 149);
    // Within 1e-3 of the larger of the value and the interquartile range is asked; the worst of all 143,040 is within 3.1e-5.
    double worst = 0;
    for (std::size_t f = 0; f < 149; ++f) {
        std::vector<double> sorted;
        for (std::size_t t = 0; t < yasa.rows.size(); ++t) sorted.push_back(yasa.number(t, f + 1));
        std::sort(sorted.begin(), sorted.end());
        const double range = sorted[sorted.size() * 3 / 4] - sorted[sorted.size() / 4];
        for (std::size_t t = 0; t < yasa.rows.size(); ++t) {
            const double expected = yasa.number(t, f + 1), scale = std::max(std::abs(expected), range);
            const double difference = std::abs(double(rows[t * 149 + f]) - expected) / scale;
            worst = std::max(worst, std::isnan(difference) ? 1 : difference);
        }
    }
    CHECK(worst < 1e-4);
}

TEST_CASE("no digit of a published model's trees can be changed", "[staging]") {
    PSG_REFERENCE_OR_SKIP(path, "staging/yasa/model_eeg.txt.gz");
    std::string text = io::unpacked(io::read_text_file(path), path);
    const std::size_t begin = text.find("Tree=0"), end = text.find("end of trees");
    REQUIRE(end != std::string::npos);
    std::uint32_t dice = 9;
    for (int edit = 0; edit < 12; ++edit) {
        std::size_t at = begin + 1000;
        do {
            dice = dice * 1664525u + 1013904223u;
            at = begin + dice % (end - begin);
        } while (text[at] < '0' || text[at] > '9');
        const char old = text[at];
        text[at] = old == '9' ? '8' : static_cast<char>(old + 1);
        INFO(at << " was " << old);
        CHECK_THROWS_WITH(read_yasa_model(text, "x.txt"), Catch::Matchers::Contains("x.txt, line "));
        text[at] = old;
    }
    CHECK_NOTHROW(read_yasa_model(text, "x.txt"));
}

TEST_CASE("stages and probabilities are YASA's", "[staging]") {
    PSG_REFERENCE_OR_SKIP(edf, "staging/yasa/sim8h.edf");
    PSG_REFERENCE_OR_SKIP(night, "staging/ucddb018/ucddb018.edf");
    PSG_REFERENCE_OR_SKIP(folder, "staging/yasa");
    PSG_REFERENCE_OR_SKIP(scored, "staging/ucddb018/yasa_eeg.tsv");
    Time duration{0};
    const YasaModel small = model_of(folder + "/model_eeg.txt.gz");
    CHECK(small.name == "YASA EEG");
    CHECK(small.description == "LightGBM text v4, 2000 trees, 65 features");
    {
        const std::vector<Signal> signals = signals_of(edf, duration);
        const Parity eeg = parity(stage_by_yasa(small, YasaSignals{&signals[0], nullptr, nullptr}, duration),
                                  Columns(folder + "/sim8h_eeg.tsv"));
        CHECK(eeg.same >= 0.995);
        CHECK(eeg.within_002 >= 0.999);
        CHECK(eeg.worst <= 0.1);
        const YasaModel large = model_of(folder + "/model_eeg_eog_emg.txt.gz");
        CHECK(large.name == "YASA EEG+EOG+EMG");
        const Parity all = parity(stage_by_yasa(large, YasaSignals{&signals[0], &signals[1], &signals[2]}, duration),
                                  Columns(folder + "/sim8h_eeg_eog_emg.tsv"));
        CHECK(all.same >= 0.995);
        CHECK(all.within_002 >= 0.999);
        CHECK(all.worst <= 0.1);
    }
    const std::vector<Signal> real = signals_of(night, duration);
    const Parity p = parity(stage_by_yasa(small, YasaSignals{&real[0], nullptr, nullptr}, duration), Columns(scored));
    CHECK(p.same >= 0.99);
    CHECK(p.worst <= 0.1);
}

TEST_CASE("a YASA model without its channels does not run and names the channel", "[staging]") {
    const YasaModel model = read_yasa_model(test::lightgbm_file({test::three_leaves(), test::stump("0"),
                                                                 test::stump("0"), test::stump("0"), test::stump("0")},
                                                                "eeg_std eog_perm emg_iqr_p2min_norm"),
                                            "tiny");
    CHECK(model.needs == std::array<bool, 3>{true, true, true});
    const Signal fine = test::sleepy(128, 300);
    CHECK_THAT(message(stage_by_yasa(model, YasaSignals{nullptr, &fine, &fine}, 300s)),
               Catch::Matchers::Contains("needs an EEG channel"));
    const StagingResult none = stage_by_yasa(model, YasaSignals{&fine, nullptr, &fine}, 300s);
    CHECK_THAT(message(none), Catch::Matchers::Contains("needs an EOG channel") &&
                                  Catch::Matchers::Contains("--channel eog_left=LABEL"));
    CHECK(none.hypnogram.stages == std::vector<Stage>(10, Stage::unknown));
    CHECK(none.channels.empty());
    Signal odd = noise(128, 300);
    odd.unit = "";
    CHECK_THAT(message(stage_by_yasa(model, YasaSignals{&fine, &fine, &odd}, 300s)),
               Catch::Matchers::Contains("unit of the EMG channel"));
    const Signal slow = noise(80, 300);
    CHECK_THAT(message(stage_by_yasa(model, YasaSignals{&slow, &fine, &fine}, 300s)),
               Catch::Matchers::Contains("80 Hz"));
    CHECK_THROWS_AS(yasa_measures(slow, YasaChannel::eeg, 300s), UsageError);
    CHECK_THAT(message(stage_by_yasa(model, YasaSignals{&fine, &fine, &fine}, 20s)),
               Catch::Matchers::Contains("shorter than one epoch"));
}

TEST_CASE("epochs in a gap are unknown and leave the others as they are", "[staging]") {
    const YasaModel model = read_yasa_model(test::tiny_model(), "tiny");
    Signal signal = test::sleepy(128, 600);
    signal.stretches.push_back(
        {400s, {signal.stretches[0].samples.begin() + 400 * 128, signal.stretches[0].samples.end()}});
    signal.stretches[0].samples.resize(310 * 128);
    const StagingResult result = stage_by_yasa(model, YasaSignals{&signal, nullptr, nullptr}, 600s);
    REQUIRE(result.hypnogram.stages.size() == 20);
    for (std::size_t t = 0; t < 20; ++t) {
        INFO(t);
        const bool missing = t >= 10 && t <= 13;
        CHECK((result.hypnogram.stages[t] == Stage::unknown) == missing);
        CHECK((result.obstacles[t] == Obstacle::gap) == missing);
        CHECK(std::isnan(result.hypnogram.probabilities[t][0]) == missing);
        // more than 10 uV: leaf 2 in the first two hours, against 3 of W
        if (!missing) {
            CHECK(result.hypnogram.stages[t] == Stage::W);
            CHECK(result.hypnogram.probabilities[t][1] / result.hypnogram.probabilities[t][0] ==
                  Approx(std::exp(-1.0)));
        }
    }
    // Each stretch is filtered for itself: what stands before the gap does not change what follows.
    Signal loud = signal;
    for (float& x : loud.stretches[0].samples) x *= 100;
    const YasaMeasures a = yasa_measures(signal, YasaChannel::eeg, 600s),
                       b = yasa_measures(loud, YasaChannel::eeg, 600s);
    for (std::size_t t = 14; t < 20; ++t) CHECK(a.epochs[t] == b.epochs[t]);
    CHECK(a.epochs[9][0] != b.epochs[9][0]);
}

TEST_CASE("YASA's measures do not depend on how the samples are cut", "[staging]") {
    for (const std::int64_t hz : {90, 100, 256, 499}) {
        Signal signal = test::sleepy(hz, 900);
        std::vector<float> x = std::exchange(signal.stretches[0].samples, {});
        x[7] = x[0] = NAN;
        const auto at = [&](std::int64_t s) { return x.begin() + s * hz; };
        signal.stretches[0].samples.assign(x.begin(), at(490));
        signal.stretches.push_back({500s, {at(500), at(520)}});  // too short
        signal.stretches.push_back({530s + 10ms, {at(530), x.end()}});
        const YasaMeasures whole = yasa_measures(signal, YasaChannel::eeg, 900s);
        CHECK(std::count(whole.obstacles.begin(), whole.obstacles.end(), Obstacle::none) == 27);
        std::uint32_t dice = 3;
        for (const std::size_t longest : {std::size_t(700), std::size_t(50000)}) {
            YasaMeter meter(signal, YasaChannel::eeg, 900s);
            for (const Signal::Stretch& stretch : signal.stretches) {
                meter.begin_stretch(stretch.start);
                for (std::size_t from = 0; from < stretch.samples.size();) {
                    dice = dice * 1664525u + 1013904223u;
                    const std::size_t n = std::min<std::size_t>(1 + (dice >> 8) % longest, stretch.samples.size() - from);
                    meter.add(std::span(stretch.samples).subspan(from, n));
                    from += n;
                }
            }
            const YasaMeasures cut = meter.finish();
            INFO(hz << " Hz, pieces of up to " << longest);
            CHECK(cut.obstacles == whole.obstacles);
            CHECK(cut.doubts.epochs == whole.doubts.epochs);
            bool same = true;
            for (std::size_t t = 0; t < 30; ++t)
                if (whole.obstacles[t] == Obstacle::none) same = same && whole.epochs[t] == cut.epochs[t];
            CHECK(same);
        }
    }
}

TEST_CASE("a still chin is no obstacle, a dead one is", "[staging]") {
    Signal chin = noise(128, 120);
    chin.step = 1000;  // it varies by less than a step
    CHECK(yasa_measures(chin, YasaChannel::emg, 120s).obstacles == std::vector<Obstacle>(4, Obstacle::none));
    CHECK(yasa_measures(chin, YasaChannel::eeg, 120s).obstacles == std::vector<Obstacle>(4, Obstacle::flat));
    for (float& x : chin.stretches[0].samples) x = 0.1f;
    CHECK(yasa_measures(chin, YasaChannel::emg, 120s).obstacles == std::vector<Obstacle>(4, Obstacle::flat));
    for (float& x : chin.stretches[0].samples) x = NAN;
    CHECK(yasa_measures(chin, YasaChannel::emg, 120s).obstacles == std::vector<Obstacle>(4, Obstacle::not_a_number));
}
