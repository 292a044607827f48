// Butterworth designs and their filters against scipy 1.10 (butter, sosfreqz, sosfilt, sosfiltfilt).
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/biquad.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>

#include "libpsg/model/error.hpp"
#include "libpsg/signal/butterworth.hpp"

using namespace psg::signal;

namespace {

// 400 samples of a sawtooth-like sequence with a step of 20 in the middle; exact in float.
std::vector<float> sequence() {
    std::vector<float> x(400);
    for (int i = 0; i < 400; ++i)
        x[static_cast<std::size_t>(i)] = static_cast<float>((i * 7919) % 257 - 128) / 16.0F + (i >= 200 ? 20.0F : 0.0F);
    return x;
}

struct Case {
    const char* name;
    BiquadCascade sections;
    double rate_hz;
    std::size_t settling;
    std::array<double, 6> magnitudes;  // at 1, 5, 10, 35, 60, 90 Hz
    std::array<double, 7> causal;      // at samples 0, 1, 5, 199, 200, 205, 399
    std::array<double, 7> zero_phase;
};

// scipy.signal.butter(..., output="sos"); sosfilt with zi * x[0]; sosfiltfilt with padtype "odd", padlen = settling.
std::vector<Case> cases() {
    return {
        {"low-pass, order 4, 35 Hz at 256 Hz",
         butterworth_low_pass(4, 35, 256),
         256,
         24,
         {0.999999999999868, 0.999999947616559, 0.99998617823413, 0.707106781186548, 0.065086287229928,
          0.002825496664558},
         {-8.0, -7.820798843556495, 0.738450660742654, -0.138163374809162, -2.061009525886701, 21.21577241338068,
          17.283610193161163},
         {-8.000979119628576, -3.663339802874827, -0.286902096068764, 5.807526877368404, 11.943912525420599,
          20.402879856936156, 19.68911390429266}},
        {"high-pass, order 3, 10 Hz at 200 Hz",
         butterworth_high_pass(3, 10, 200),
         200,
         45,
         {9.757286237021602e-04, 1.217784664801484e-01, 7.071067811865465e-01, 9.998509842697182e-01,
          9.999988390578533e-01, 9.999999998753996e-01},
         {0, 9.528319439473014, -6.137777721601699, 8.944119496010956, 17.40377407529493, -4.199988818422382,
          -0.895000471750742},
         {8.761740683977948e-04, 1.142391458392463e+01, -5.840717599237710, -3.193914142186180, 1.170755289518206e+01,
          4.171173040376919, 2.523674078141358e-03}},
        {"band-pass, order 3, 20 to 90 Hz at 500 Hz",
         butterworth_band_pass(3, 20, 90, 500),
         500,
         77,
         {6.331113349615909e-05, 8.209088242359575e-03, 7.367572781791090e-02, 9.998234550381416e-01,
          9.984844252265201e-01, 7.071067811865481e-01},
         {0, 5.470160688167043e-01, -9.993204945830736e-01, -4.968893641282182, -1.585663008842285, -4.591430307697053,
          2.227190977052992},
         {5.123193958453953e-04, 5.812713212677084, 3.580148084055179e-01, -2.859998524519308, 3.761387020861057,
          3.161746833513380, -5.836559871678637e-04}},
        {"band-pass, order 2, 0.4 to 30 Hz at 100 Hz",
         butterworth_band_pass(2, 0.4, 30, 100),
         100,
         389,
         {0.989677929683243, 0.999999154849209, 0.999213501915643, 0.438020676133158, 0.193364065950962,
          0.999213501915643},
         {0, 5.002321984843331, 1.389026920885192, -2.895157356954507, 1.203697414746011e+01, 2.234763781048608e+01,
          2.750416614947625},
         {-7.176427388371209e-04, 1.084603517930774e+01, 3.770302881048162, -4.070765063033027, 9.601167757632091,
          1.389730506912357e+01, 4.040906987810011e-03}},
    };
}

constexpr std::array<std::size_t, 7> places{0, 1, 5, 199, 200, 205, 399};

}  // namespace

TEST_CASE("Butterworth filters equal scipy's", "[signal]") {
    const std::array<double, 6> frequencies{1, 5, 10, 35, 60, 90};
    for (const Case& c : cases()) {
        INFO(c.name);
        for (std::size_t i = 0; i < frequencies.size(); ++i)
            if (frequencies[i] < c.rate_hz / 2)
                CHECK(magnitude_at(c.sections, frequencies[i], c.rate_hz) == Approx(c.magnitudes[i]).epsilon(1e-9));
        CHECK(settling_samples(c.sections) == c.settling);
        std::vector<float> x = sequence();
        filter_causal(c.sections, x);
        for (std::size_t i = 0; i < places.size(); ++i) CHECK(x[places[i]] == Approx(c.causal[i]).margin(2e-5));
        x = sequence();
        filter_zero_phase(c.sections, x);
        for (std::size_t i = 0; i < places.size(); ++i) CHECK(x[places[i]] == Approx(c.zero_phase[i]).margin(2e-5));
    }
}

TEST_CASE("Every order has its edges at -3 dB and passes what it should", "[signal]") {
    for (int order = 1; order <= 16; ++order) {
        INFO("order " << order);
        CHECK(magnitude_at(butterworth_low_pass(order, 20, 256), 20, 256) == Approx(std::sqrt(0.5)));
        CHECK(magnitude_at(butterworth_low_pass(order, 20, 256), 0, 256) == Approx(1));
        CHECK(magnitude_at(butterworth_high_pass(order, 20, 256), 20, 256) == Approx(std::sqrt(0.5)));
        CHECK(magnitude_at(butterworth_high_pass(order, 20, 256), 128, 256) == Approx(1));
        const BiquadCascade band = butterworth_band_pass(order, 10, 100, 256);
        CHECK(magnitude_at(band, 10, 256) == Approx(std::sqrt(0.5)));
        CHECK(magnitude_at(band, 100, 256) == Approx(std::sqrt(0.5)));
        CHECK(magnitude_at(band, 0, 256) == Approx(0).margin(1e-9));
    }
}

TEST_CASE("Impossible filters are refused", "[signal]") {
    CHECK_THROWS_AS(butterworth_low_pass(0, 10, 100), psg::UsageError);
    CHECK_THROWS_AS(butterworth_low_pass(17, 10, 100), psg::UsageError);
    CHECK_THROWS_AS(butterworth_high_pass(2, 50, 100), psg::UsageError);
    CHECK_THROWS_AS(butterworth_high_pass(2, 0, 100), psg::UsageError);
    CHECK_THROWS_AS(butterworth_high_pass(2, NAN, 100), psg::UsageError);
    CHECK_THROWS_AS(butterworth_band_pass(2, 30, 20, 100), psg::UsageError);
}

TEST_CASE("Short and constant signals pass through filters cleanly", "[signal]") {
    const BiquadCascade high = butterworth_high_pass(4, 0.5, 200), low = butterworth_low_pass(4, 30, 200);
    std::vector<float> none;
    filter_zero_phase(high, none);
    filter_causal(high, none);
    for (std::size_t n : {1U, 2U, 3U, 50U}) {
        std::vector<float> x(n, 5000.0F), y = x;
        filter_zero_phase(high, x);
        filter_zero_phase(low, y);
        for (std::size_t i = 0; i < n; ++i) {
            CHECK(x[i] == Approx(0).margin(1e-3));
            CHECK(y[i] == Approx(5000).epsilon(1e-6));
        }
    }
}
