# Reads tables of an HDF5 file by rhdf5 and prints each as TSV with its units: Rscript read_tables.R NIGHT.h5 FOLDER TABLE...
# SPDX-License-Identifier: BSD-3-Clause
suppressMessages(library(rhdf5))
arguments <- commandArgs(trailingOnly = TRUE)
for (name in arguments[-(1:2)]) {
    rows <- h5read(arguments[1], name)
    stopifnot(is.data.frame(rows))
    attributes <- h5readAttributes(arguments[1], name)
    units <- vapply(seq_along(rows), function(i) as.character(attributes[[sprintf("FIELD_%d_UNITS", i - 1)]]), "")
    cell <- function(x) if (is.numeric(x)) ifelse(is.nan(x) | is.na(x), "NaN", sprintf("%.17g", x)) else as.character(x)
    lines <- do.call(paste, c(lapply(rows, cell), sep = "\t"))
    writeLines(c(paste(names(rows), collapse = "\t"), paste(units, collapse = "\t"), lines), file.path(arguments[2], name))
}
