// Physical units as recorders spell them.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/unit.hpp"

#include <array>

namespace psg {

namespace {

struct Spelling {
    std::string_view text;
    std::string_view name;
    double factor;
};

// Both micro signs (U+00B5, U+03BC) occur. Case matters: "MV" is no spelling of millivolt, "mv" is a common one.
constexpr std::array spellings{
    Spelling{"uV", "uV", 1},        Spelling{"uv", "uV", 1},        Spelling{"UV", "uV", 1},
    Spelling{"\u00b5V", "uV", 1},   Spelling{"\u03bcV", "uV", 1},   Spelling{"\u00b5v", "uV", 1},
    Spelling{"\u03bcv", "uV", 1},   Spelling{"microV", "uV", 1},    Spelling{"mcV", "uV", 1},
    Spelling{"microvolt", "uV", 1}, Spelling{"microvolts", "uV", 1}, Spelling{"nV", "uV", 1e-3},
    Spelling{"mV", "uV", 1e3},      Spelling{"mv", "uV", 1e3},      Spelling{"millivolt", "uV", 1e3},
    Spelling{"V", "uV", 1e6},       Spelling{"v", "uV", 1e6},       Spelling{"volt", "uV", 1e6},
    Spelling{"Volt", "uV", 1e6},    Spelling{"%", "%", 1},          Spelling{"percent", "%", 1},
    Spelling{"Percent", "%", 1},    Spelling{"PERCENT", "%", 1},    Spelling{"1", "1", 1},
    Spelling{"bpm", "bpm", 1},      Spelling{"BPM", "bpm", 1},      Spelling{"1/min", "1/min", 1},
    Spelling{"tr/min", "1/min", 1}, Spelling{"Hz", "Hz", 1},        Spelling{"s", "s", 1},
    Spelling{"sec", "s", 1},        Spelling{"ms", "ms", 1},        Spelling{"deg", "deg", 1},
    Spelling{"degC", "degC", 1},    Spelling{"DegC", "degC", 1},    Spelling{"C", "degC", 1},
    Spelling{"\u00b0C", "degC", 1}, Spelling{"\u00b0", "deg", 1},   Spelling{"Ohm", "Ohm", 1},
    Spelling{"ohm", "Ohm", 1},      Spelling{"kOhm", "kOhm", 1},    Spelling{"cmH2O", "cmH2O", 1},
    Spelling{"mmHg", "mmHg", 1},    Spelling{"mbar", "mbar", 1},    Spelling{"Pa", "Pa", 1},
    Spelling{"L/min", "L/min", 1},  Spelling{"l/min", "L/min", 1},  Spelling{"L/s", "L/s", 1},
    Spelling{"L", "L", 1},          Spelling{"mL", "mL", 1},        Spelling{"ml", "mL", 1},
    Spelling{"g", "g", 1},          Spelling{"mg", "mg", 1},        Spelling{"g/s", "g/s", 1},
    Spelling{"lx", "lx", 1},        Spelling{"lux", "lx", 1},       Spelling{"dB", "dB", 1},
    Spelling{"Lux", "lx", 1},       Spelling{"LUX", "lx", 1},
    Spelling{"V/s", "V/s", 1},      Spelling{"H", "H", 1},          Spelling{"A", "A", 1},
    Spelling{"K", "K", 1},          Spelling{"degF", "degF", 1},    Spelling{"kPa", "kPa", 1},
    Spelling{"hPa", "hPa", 1},      Spelling{"mA", "mA", 1},        Spelling{"uA", "uA", 1},
    Spelling{"S", "S", 1},          Spelling{"mS", "mS", 1},        Spelling{"uS", "uS", 1},
    Spelling{"rad", "rad", 1},      Spelling{"m", "m", 1},          Spelling{"cm", "cm", 1},
    Spelling{"mm", "mm", 1},        Spelling{"kg", "kg", 1},        Spelling{"min", "min", 1},
    Spelling{"N", "N", 1},          Spelling{"J", "J", 1},          Spelling{"W", "W", 1},
    Spelling{"T", "T", 1},          Spelling{"cd", "cd", 1},        Spelling{"kHz", "kHz", 1},
    Spelling{"m/s2", "m/s2", 1},    Spelling{"m/s^2", "m/s2", 1},   Spelling{"l/s", "L/s", 1},
    Spelling{"ml/s", "mL/s", 1},    Spelling{"mL/s", "mL/s", 1},    Spelling{"l", "L", 1},
    Spelling{"/min", "1/min", 1},   Spelling{"rpm", "1/min", 1},    Spelling{"ppm", "ppm", 1},
    Spelling{"mol/l", "mol/L", 1},  Spelling{"mg/dl", "mg/dL", 1},  Spelling{"pH", "pH", 1},
    Spelling{"MOhm", "MOhm", 1},    Spelling{"kohm", "kOhm", 1},    Spelling{"uT", "uT", 1},
    Spelling{"mT", "mT", 1},        Spelling{"dBFS", "dBFS", 1},
    Spelling{"Boolean", "boolean", 1}, Spelling{"boolean", "boolean", 1},
    Spelling{"bool", "boolean", 1}};

}  // namespace

Unit parse_unit(std::string_view text) {
    for (const Spelling& s : spellings)
        if (s.text == text) return {std::string(s.name), s.factor, true};
    return {std::string(text), 1, false};
}

}  // namespace psg
