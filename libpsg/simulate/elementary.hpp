// Elementary functions from + - * / alone, so that simulated files have the same bytes on every processor.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace psg::simulate {

// The C library picks its versions with or without fused multiply-add when the program starts, and they differ in the
// last bit. These never do (the build forbids contraction). Relative error below 1e-14 in the ranges named, 1e-12
// guaranteed.

/// e^x; 0 below -700, infinity above 700.
double exponential(double x);
/// Natural logarithm of x > 0.
double logarithm(double x);
/// sin(2 pi t) and cos(2 pi t): the argument in turns makes the reduction exact. |t| < 2^52.
double sine_of_turns(double t);
double cosine_of_turns(double t);

}  // namespace psg::simulate
