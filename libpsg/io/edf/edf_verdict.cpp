// EDFlib's opinion of a file.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/edf/edf_verdict.hpp"

#include <edflib.h>

#include <memory>

#include "libpsg/io/edf/edflib_lock.hpp"
#include "libpsg/io/input_file.hpp"

namespace psg::io {

std::string edflib_verdict(const std::string& path, bool annotations) {
    if (is_gzip_file(path)) return "not asked: it reads no packed files";
    const std::lock_guard lock(edflib_table_lock());
    const auto header = std::make_unique<edf_hdr_struct>();  // 149 KB: never on the stack
    if (edfopen_file_readonly(path.c_str(), header.get(),
                              annotations ? EDFLIB_READ_ALL_ANNOTATIONS : EDFLIB_DO_NOT_READ_ANNOTATIONS) == 0) {
        edfclose_file(header->handle);
        return annotations ? "accepted" : "accepted, annotations not looked at";
    }
    switch (header->filetype) {
        case EDFLIB_MALLOC_ERROR:
            return "refused: not enough memory";
        case EDFLIB_NO_SUCH_FILE_OR_DIRECTORY:
            return "refused: no such file";
        case EDFLIB_FILE_CONTAINS_FORMAT_ERRORS:
            return "refused: the file contains format errors";
        case EDFLIB_FILE_IS_DISCONTINUOUS:
            return "refused: the file is discontinuous";
        case EDFLIB_MAXFILES_REACHED:
            return "refused: too many open files";
        case EDFLIB_FILE_READ_ERROR:
            return "refused: read error";
        default:
            return "refused: error " + std::to_string(header->filetype);
    }
}

}  // namespace psg::io
