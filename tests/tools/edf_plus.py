# Cuts a recording of psg-simulate into pieces and writes them as EDF+D or as several files, byte by byte.
# SPDX-License-Identifier: BSD-3-Clause
import datetime


class Night:
    """An EDF+C file: header fields and the records as bytes, annotations apart."""

    def __init__(self, data):
        count = int(data[252:256])
        self.fixed = data[:256]
        self.fields = []  # of the signals: (width, texts)
        at = 256
        for width in (16, 80, 8, 8, 8, 8, 8, 80, 8, 32):
            self.fields.append((width, [data[at + i * width:at + (i + 1) * width] for i in range(count)]))
            at += count * width
        labels = [text.strip() for text in self.fields[0][1]]
        samples = [int(text) for text in self.fields[8][1]]
        self.notes_at = labels.index(b"EDF Annotations")
        assert self.notes_at == count - 1, "the annotation channel is the last one"
        size = 2 * sum(samples)
        self.records, self.notes = [], []  # notes: (record, onset, rest of the TAL)
        for record, start in enumerate(range(at, len(data) - size + 1, size)):
            body = data[start:start + size]
            cut = size - 2 * samples[-1]
            self.records.append(body[:cut])
            for tal in body[cut:].split(b"\0"):
                onset, _, rest = tal.partition(b"\x14")
                if rest.strip(b"\x14"):
                    stamp, _, duration = onset.partition(b"\x15")
                    self.notes.append((record, float(stamp), duration, rest))
        self.seconds = float(data[244:252])
        date, time = data[168:176].decode(), data[176:184].decode()
        self.start = datetime.datetime.strptime(date + time, "%d.%m.%y%H.%M.%S")

    def write(self, pieces, kind="EDF+D", channels=None, notes_samples=40):
        """Bytes of a file. `pieces` are (first record, end, onset in seconds since the night's start); the header's start is
        the night's plus the whole seconds of the first onset. `channels`: those to keep, in this order."""
        keep = list(range(self.notes_at)) if channels is None else channels
        origin = int(pieces[0][2])
        records = []
        for first, end, onset in pieces:
            for record in range(first, end):
                now = onset - origin + (record - first) * self.seconds
                tals = stamp(now) + b"\x14\x14\0"
                for at, note_onset, duration, rest in self.notes:
                    if at == record:
                        moved = note_onset - record * self.seconds + now
                        tals += stamp(moved) + (b"\x15" + duration if duration else b"") + b"\x14" + rest + b"\0"
                assert len(tals) <= 2 * notes_samples, tals
                records.append(self.take(record, keep) + tals.ljust(2 * notes_samples, b"\0"))
        begin = self.start + datetime.timedelta(seconds=origin)
        head = bytearray(self.fixed)
        head[88:168] = begin.strftime("Startdate %d-%b-%Y X X test").upper().replace("STARTDATE", "Startdate").encode().ljust(80)
        head[168:184] = begin.strftime("%d.%m.%y%H.%M.%S").encode()
        head[184:192] = str(256 * (len(keep) + 2)).encode().ljust(8)
        head[192:236] = kind.encode().ljust(44)
        head[236:244] = str(len(records)).encode().ljust(8)
        head[252:256] = str(len(keep) + 1).encode().ljust(4)
        for number, (width, texts) in enumerate(self.fields):
            for i in keep:
                head += texts[i]
            head += str(notes_samples).encode().ljust(8) if number == 8 else texts[self.notes_at]
        return bytes(head) + b"".join(records)

    def take(self, record, keep):
        """The samples of some channels in one record."""
        samples = [2 * int(text) for text in self.fields[8][1][:-1]]
        if keep == list(range(len(samples))):
            return self.records[record]
        starts = [sum(samples[:i]) for i in range(len(samples))]
        return b"".join(self.records[record][starts[i]:starts[i] + samples[i]] for i in keep)


def stamp(t):
    text = f"{t:+.6f}".rstrip("0").rstrip(".")
    return text.encode()
