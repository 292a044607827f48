// A list of nights with the files that belong to each: a table that a laboratory writes once.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

namespace psg::workflow {

/// One line of a list: values by the columns of the list, files as paths that can be opened.
struct ListedNight {
    std::string name;                ///< column `night`, else the name of the first file
    std::string recording;           ///< column `recording`; may be empty
    std::string person;              ///< column `person`; may be empty
    std::vector<std::string> files;  ///< of the other columns; empty: no such file for this night
    int line = 0;                    ///< of the list, from 1
};

struct NightList {
    std::vector<std::string> columns;  ///< the other columns: scorers, or `scoring`
    std::vector<ListedNight> nights;
};

/// The file that a cell of a list names: below the list's folder unless its path is absolute; empty for "", "." and "n/a".
std::string listed_file(const std::string& list, const std::string& cell);

/// Reads a table (tabs, commas or semicolons) whose first line names its columns, "-" being standard input: `night`,
/// `recording` and `person` if it has them, and any number of further columns of files. Paths that are not absolute begin at the
/// list's folder; "", "." and "n/a" are no file. DataError with the line: no night, a night without any file, two nights of one
/// name.
NightList read_night_list(const std::string& path);

/// DataError, naming both lines, if a file stands in the list twice, by whatever path: it would count as two nights.
void check_files_stand_once(const NightList& list, const std::string& path);

}  // namespace psg::workflow
