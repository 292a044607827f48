// Owning handle for HDF5 identifiers (private to this folder: no HDF5 type shows in an installed header).
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <hdf5.h>

#include <cerrno>
#include <string>
#include <utility>

#include "libpsg/model/error.hpp"

namespace psg::exports {

/// Why HDF5 failed, where the system tells: the library itself does not.
inline const char* hdf5_reason() { return errno == ENOSPC ? ": no space is left on the disk" : errno == EDQUOT ? ": the disk quota is exceeded" : ""; }

/// Closes an identifier with the function of its kind. Creation fails with DataError naming `what`.
class Hdf5Handle {
public:
    using Close = herr_t (*)(hid_t);
    Hdf5Handle(hid_t id, Close close_function, const std::string& what) : id_(id), close_(close_function) {
        if (id < 0) throw DataError("HDF5", what + " failed" + hdf5_reason());
    }
    ~Hdf5Handle() {
        if (id_ >= 0) close_(id_);
    }
    Hdf5Handle(Hdf5Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
    Hdf5Handle(const Hdf5Handle&) = delete;
    Hdf5Handle& operator=(const Hdf5Handle&) = delete;
    Hdf5Handle& operator=(Hdf5Handle&&) = delete;

    operator hid_t() const { return id_; }
    /// Closes now and reports what the destructor could only swallow (a full disk shows here).
    void close(const std::string& what) {
        if (close_(std::exchange(id_, -1)) < 0) throw DataError("HDF5", what + " failed" + hdf5_reason());
    }

private:
    hid_t id_;
    Close close_;
};

/// DataError if an HDF5 call returned a negative status.
inline void check_hdf5(herr_t status, const std::string& what) {
    if (status < 0) throw DataError("HDF5", what + " failed" + hdf5_reason());
}

/// Keeps HDF5 from printing its error stack while it lives: errors are reported as exceptions.
class QuietHdf5 {
public:
    QuietHdf5() {
        H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    }
    ~QuietHdf5() { H5Eset_auto2(H5E_DEFAULT, function_, data_); }
    QuietHdf5(const QuietHdf5&) = delete;
    QuietHdf5& operator=(const QuietHdf5&) = delete;

private:
    H5E_auto2_t function_ = nullptr;
    void* data_ = nullptr;
};

}  // namespace psg::exports
