// Output that is never seen half written: a temporary beside the target, synced, then renamed.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

namespace psg::io {

/// Write to `temporary_path()` by any means, close it, then `commit()`. Without a commit the temporary is removed and an
/// earlier file of the target's name stays as it was. Move is not needed and not possible.
class OutputFile {
public:
    /// DataError if the target exists and `overwrite` is false, or if its folder cannot be written to.
    OutputFile(const std::string& path, bool overwrite);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    const std::string& temporary_path() const { return temporary_; }
    /// Syncs the temporary to disk, renames it to the target and syncs the folder. DataError if any of it fails.
    void commit();

private:
    std::string path_, temporary_;
    bool overwrite_ = false;
};

/// Writes a whole text this way.
void write_text_file(const std::string& path, const std::string& text, bool overwrite);

}  // namespace psg::io
