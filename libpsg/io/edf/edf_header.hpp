// The header of EDF, EDF+, BDF and BDF+ files: tolerant reading, with a finding for everything odd.
// SPDX-License-Identifier: BSD-3-Clause
//
// Formats: Kemp et al. 1992 (EDF), Kemp & Olivan 2003 (EDF+), BioSemi (BDF). What is repaired and what is refused
// stands in the README of this folder.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "libpsg/model/error.hpp"
#include "libpsg/model/recording.hpp"

namespace psg::io {

/// Where one signal's samples lie in a data record.
struct EdfSlot {
    int index = 0;             ///< among all signals of the file
    std::int64_t offset = 0;   ///< byte offset in the record
    std::int64_t samples = 0;  ///< per record
    bool annotations = false;  ///< holds TALs and is no channel
    bool unsure = false;       ///< is called much like an annotation channel; the data tell (EdfReader asks them)
};

/// How the data part is laid out.
struct EdfLayout {
    bool plus = false;           ///< EDF+ or BDF+
    bool discontinuous = false;  ///< EDF+D or BDF+D
    int sample_bytes = 2;        ///< 2 EDF, 3 BDF
    std::int64_t header_bytes = 0;
    std::int64_t record_bytes = 0;
    std::int64_t records = 0;  ///< complete records in the file
    std::int64_t record_nanoseconds = 0;
    std::vector<EdfSlot> slots;
};

/// A file that cannot be read, with the place that says so.
class EdfRefusal : public DataError {
public:
    EdfRefusal(const std::string& file, Finding place, const std::string& what, const std::string& remedy = {});
    /// Field, channel, label, byte; message and repair are the reason and the remedy; the code has no meaning.
    const Finding& place() const { return place_; }

private:
    Finding place_;
};

struct EdfHeader {
    Recording recording;  ///< segments and annotations are not filled in yet
    EdfLayout layout;
};

/// Bytes that parse_edf_header() needs for a file whose first 256 bytes are `start`; EdfRefusal if these are no EDF
/// header or the file is too short for its own header. `name` goes into messages.
std::int64_t edf_header_size(std::span<const unsigned char> start, std::int64_t file_size, const std::string& name);

/// Reads the whole header. EdfRefusal if no layout can be trusted.
EdfHeader parse_edf_header(std::span<const unsigned char> bytes, std::int64_t file_size, const std::string& name);

}  // namespace psg::io
