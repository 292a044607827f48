// What scripts/bench compares with: reads every sample of a recording by EDFlib, as physical values.
// SPDX-License-Identifier: BSD-3-Clause
//
// read_by_edflib FILE.edf          one channel after the other, each by one call, as most programs (and pyEDFlib) do
// read_by_edflib FILE.edf records  record by record, all channels: the least that EDFlib can take
#include <edflib.h>

#include <cstdio>
#include <vector>

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    const bool by_records = argc > 2;
    edf_hdr_struct header{};
    if (edfopen_file_readonly(argv[1], &header, EDFLIB_READ_ALL_ANNOTATIONS) != 0) {
        std::fprintf(stderr, "read_by_edflib: EDFlib does not open %s (%d)\n", argv[1], header.filetype);
        return 1;
    }
    std::vector<double> values;
    double sum = 0;
    long long count = 0;
    for (long long pass = 0; pass < (by_records ? header.datarecords_in_file : 1); ++pass)
        for (int channel = 0; channel < header.edfsignals; ++channel) {
            const auto& signal = header.signalparam[channel];
            values.resize(static_cast<std::size_t>(by_records ? signal.smp_in_datarecord : signal.smp_in_file));
            const int n = edfread_physical_samples(header.handle, channel, static_cast<int>(values.size()), values.data());
            if (n < 0) return 1;
            for (int i = 0; i < n; ++i) sum += values[static_cast<std::size_t>(i)];
            count += n;
        }
    std::printf("%lld samples, sum %g\n", count, sum);
    return edfclose_file(header.handle) == 0 ? 0 : 1;
}
