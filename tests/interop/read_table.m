% Reads a table of psg-export --to tsv and prints it again: octave-cli read_table.m IN.tsv OUT.tsv
% SPDX-License-Identifier: BSD-3-Clause
arguments = argv();
lines = strsplit(fileread(arguments{1}), "\n")(1:end-1);   % the last line ends in a line feed, too
out = fopen(arguments{2}, "w");
fputs(out, [lines{1} "\n"]);
for line = lines(2:end)
    cells = strsplit(line{1}, "\t", "CollapseDelimiters", false);
    for k = 1:numel(cells)
        number = str2double(cells{k});
        if (!isnan(number) && isreal(number) && !isinf(number))
            cells{k} = sprintf("%.17g", number);
        endif
    endfor
    fputs(out, [strjoin(cells, "\t") "\n"]);
endfor
fclose(out);
