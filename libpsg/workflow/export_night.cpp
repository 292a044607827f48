// The main job from recording to file.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/export_night.hpp"

#include "libpsg/export/hdf5_tables.hpp"
#include "libpsg/workflow/tables/night_tables.hpp"

namespace psg::workflow {

ScoredNight export_night(const NightInputs& inputs, const ChosenModel& model, const events::DetectorChoice& choice, bool keep_identity, const std::string& path,
                         const StepObserver& done) {
    const ScoredNight night = score_recording(inputs, model, choice, done);
    const auto tables = night_tables(night, keep_identity);
    tell_step(done, "tables");
    exports::write_hdf5(path, tables, file_attributes(night));
    tell_step(done, "export");
    return night;
}

}  // namespace psg::workflow
