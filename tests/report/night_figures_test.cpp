// Figures and words of a night, made by hand.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/report/night_figures.hpp"

#include <cmath>

#include "libpsg/report/figure_axes.hpp"
#include "libpsg/report/night_html.hpp"

using namespace psg;
using namespace psg::report;

static NightReport hand_made() {
    NightReport night;
    night.title = "a <night>";
    night.duration_s = 120;
    night.start_clock_s = 86400 - 60;  // over midnight
    night.hypnogram.stages = {Stage::W, Stage::unknown, Stage::N2, Stage::R};
    night.hypnogram.source = "scored";
    night.classes = {{"<b>jerk</b>", "proposed rule, checked on simulated signals", 2}, {"other", "", 0}};
    night.events = {{0, 10, 2, "j-1", "W", "Leg & L", "L", "peak_uv 3"}, {0, 70, 200, "j-2", "N2", "", "", ""}};
    night.intervals = {{0, 2, 1, 0, 1}, {10, 12, 3, 1, 0}, {90, INFINITY, 2, 0, 0}};
    night.envelopes = {{"left leg", "L", "uV", 1, std::vector<float>(120, 1.5f), std::vector<float>(120, 20.f)}};
    night.envelopes[0].median[5] = night.envelopes[0].peak[5] = NAN;
    SpectrogramView s{"C3", "uV^2/Hz", 30, 0, 1, 30, std::vector<float>(120, -3.f)};
    s.db[7] = NAN;
    night.spectrogram = s;
    Trace trace{"EMG", "L", "uV", {-1, NAN, -2}, {1, NAN, 4}};
    night.gallery_class = "jerk";
    night.gallery_events = 1;
    night.gallery = {{"j-1", "", 10, 2, 2, 4, {trace, {"ECG", "", "", {NAN}, {NAN}}}}};
    return night;
}

TEST_CASE("night figures: every format, twice the same") {
    const NightReport night = hand_made();
    for (const auto& [format, head] : {std::pair{PictureFormat::svg, "<?xml"}, {PictureFormat::pdf, "%PDF-"}, {PictureFormat::png, "\x89PNG"}}) {
        const std::string bytes = night_picture(night, format);
        CHECK(bytes.substr(0, std::string(head).size()) == head);
        CHECK(bytes.size() > 3000);
        CHECK((bytes == night_picture(night, format)));
    }
    CHECK((night_html(night) == night_html(night)));
}

TEST_CASE("night figures: an empty night is drawn, too") {
    const NightReport night;
    CHECK(night_picture(night, PictureFormat::pdf).substr(0, 5) == "%PDF-");
    CHECK(night_html(night).find("No epoch was staged") != std::string::npos);
}

TEST_CASE("night figures: words") {
    const NightReport night = hand_made();
    CHECK(moment_text(night, 0) == "23:59:00");
    CHECK(moment_text(night, 61.5) == "00:00:01");
    CHECK(moment_text(NightReport{}, 3661) == "1:01:01 h");
    CHECK(hypnogram_words(night).find("from 23:59:00 to 00:01:00: W 0.5 min, N1 0 min, N2 0.5 min, N3 0 min, R 0.5 min. 1 epochs could not be staged.") != std::string::npos);
    CHECK(events_words(night) == "Events, a row a class: 2 <b>jerk</b>. Looked for and not found: other.");
    CHECK(intervals_words(night).rfind("8 intervals from the onset of one leg movement to that of the next: 4 from 10 to below 90 s, 2 of 90 s or more. The", 0) == 0);
    CHECK(worth_sentences(night) == std::vector<std::string>{"Nothing here is a diagnosis.", "<b>jerk</b>: proposed rule, checked on simulated signals."});
}

TEST_CASE("night figures: data of the plots") {
    const std::string data = night_data(hand_made());
    CHECK(data.find('<') == std::string::npos);
    CHECK(data.find("\"stages\":[0,-1,2,4]") != std::string::npos);
    CHECK(data.find("\"name\":\"\\u003cb\\u003ejerk\\u003c/b\\u003e\",\"count\":2,\"lane\":0}") != std::string::npos);
    CHECK(data.find("\"onset\":[10,70]") != std::string::npos);
    // -2 to 4 in 254 steps, the gap is 0: 43 (-1), 128 (1), gap, 1, 255
    CHECK(data.find("\"range\":\"6\",\"data\":\"K4AAAAH/\"") != std::string::npos);
}

TEST_CASE("figure axes: steps") {
    CHECK(round_steps(0, 30, 4) == std::vector<double>{0, 10, 20, 30});
    CHECK(round_steps(0, 7, 5) == std::vector<double>{0, 2, 4, 6});
    CHECK(round_steps(3, 3, 5) == std::vector<double>{3});
    CHECK(time_steps(28800, 0, 10) == std::vector<double>{0, 3600, 7200, 10800, 14400, 18000, 21600, 25200, 28800});
    CHECK(time_steps(7200, 82800 + 600, 10).front() == 300);  // the next quarter of an hour on the clock
}
