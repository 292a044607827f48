// The offset of a night is found again when it is put there.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/adaptation.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "libpsg/model/error.hpp"
#include "libpsg/staging/model.hpp"

using namespace psg;
using namespace psg::staging;

namespace {

// A simulated night: blocks of stages, measures drawn around the embedded model's stage means plus an offset.
MeasureSeries night(const Measures& offset, std::size_t epochs, unsigned seed) {
    const StageShapes& shapes = embedded_model().single.shapes;
    std::mt19937 random(seed);
    const auto noise = [&] {  // nearly normal: sum of 12 uniform numbers
        double sum = -6;
        for (int i = 0; i < 12; ++i) sum += double(random()) / 4294967296.0;
        return sum;
    };
    MeasureSeries series;
    for (std::size_t t = 0; t < epochs; ++t) {
        const std::size_t stage = std::array{0, 1, 2, 3, 2, 4}[t / 25 % 6];
        Measures x = shapes.mean[stage];
        add_scaled<measure_count>(x, 1, offset);
        for (std::size_t i = 0; i < measure_count; ++i)
            x[i] += 0.5 * std::sqrt(shapes.covariance[stage][i][i]) * noise();
        series.push_back(x);
    }
    return series;
}

}  // namespace

TEST_CASE("a gain and a tilt of the whole night are found", "[staging]") {
    const StageShapes& shapes = embedded_model().single.shapes;
    for (double gain : {-3.2, 0.0, 3.2}) {  // 1/5, 1 and 5 times the amplitude
        const std::vector<MeasureSeries> one{night({gain, 0.2, 0, -0.1, 0.1, 0.1, 0}, 900, 1)};
        const auto adaptation = adapt<measure_count>(shapes, one);
        CHECK(adaptation.offsets[0][gain_measure] == Approx(gain).margin(0.25));
        CHECK(adaptation.offsets[0][1] == Approx(0.2).margin(0.2));
    }
}

TEST_CASE("the gain changes no posterior", "[staging]") {
    const StageShapes& shapes = embedded_model().single.shapes;
    const std::vector<MeasureSeries> plain{night({}, 300, 2)};
    std::vector<MeasureSeries> loud = plain;
    for (auto& epoch : loud[0]) (*epoch)[gain_measure] += 3.2;
    const auto a = adapt<measure_count>(shapes, plain), b = adapt<measure_count>(shapes, loud);
    double worst = 0;
    for (std::size_t t = 0; t < 300; ++t)
        for (std::size_t s = 0; s < 5; ++s)
            worst = std::max(worst, std::abs((*a.posterior[t])[s] - (*b.posterior[t])[s]));
    CHECK(worst < 0.1);
}

TEST_CASE("missing epochs and channels are left out", "[staging]") {
    const StageShapes& shapes = embedded_model().single.shapes;
    std::vector<MeasureSeries> two{night({}, 100, 3), night({1, 0, 0, 0, 0, 0, 0}, 100, 4)};
    two[0][5].reset();
    two[1][5].reset();
    two[1][6].reset();
    const auto adaptation = adapt<measure_count>(shapes, two);
    REQUIRE(adaptation.offsets.size() == 2);
    CHECK_FALSE(adaptation.posterior[5]);
    CHECK(adaptation.posterior[6]);
    CHECK(adapt<measure_count>(shapes, {}).posterior.empty());
    const std::vector<MeasureSeries> empty(1, MeasureSeries(7));
    CHECK(adapt<measure_count>(shapes, empty).offsets[0] == Measures{});
}

TEST_CASE("shapes are fitted around the nights' offsets", "[staging]") {
    std::vector<MeasureSeries> nights;
    std::vector<std::vector<Stage>> stages;
    for (unsigned k = 0; k < 8; ++k) {
        nights.push_back(night({double(k) - 3.5, 0, 0, 0, 0, 0, 0}, 600, k));
        stages.emplace_back();
        for (std::size_t t = 0; t < 600; ++t)
            stages.back().push_back(
                std::array{Stage::W, Stage::N1, Stage::N2, Stage::N3, Stage::N2, Stage::R}[t / 25 % 6]);
    }
    const StageShapes fitted = fit_shapes<measure_count>(nights, stages);
    const StageShapes& truth = embedded_model().single.shapes;
    for (double firmness : fitted.firmness) CHECK(firmness == 50);  // no night has stage means of its own
    for (std::size_t s = 0; s < 5; ++s) {
        // the noise of night() has half the SD; the stage means are free up to a common shift
        CHECK(fitted.covariance[s][3][3] == Approx(truth.covariance[s][3][3] / 4 + 0.02).epsilon(0.1));
        CHECK(fitted.mean[s][1] - fitted.mean[0][1] == Approx(truth.mean[s][1] - truth.mean[0][1]).margin(0.05));
    }
    for (unsigned k = 0; k < 8; ++k)  // now R of each night has one
        for (std::size_t t = 0; t < 600; ++t)
            for (std::size_t i = 0; i < measure_count; ++i)
                if (stages[k][t] == Stage::R)
                    (*nights[k][t])[i] += (k >> i % 3 & 1 ? 1 : -1) * std::sqrt(truth.covariance[4][i][i]);
    const StageShapes loose = fit_shapes<measure_count>(nights, stages);
    CHECK(loose.firmness[static_cast<std::size_t>(Stage::R)] < 20);
    CHECK(loose.firmness[static_cast<std::size_t>(Stage::N2)] == 50);
    stages[0].assign(600, Stage::W);
    stages.resize(1);
    nights.resize(1);
    CHECK_THROWS_AS(fit_shapes<measure_count>(nights, stages), DataError);
}
