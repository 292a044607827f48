// Tables of a night's page that are made when they are opened; every text is set as text.
// SPDX-License-Identifier: BSD-3-Clause
(function () {
  "use strict";
  const { data, clock, epochTime, stageNames } = psgReport;
  const n = "n"; // class of cells with numbers
  const text = (parent, tag, value, kind) => {
    const cell = document.createElement(tag);
    cell.textContent = value === null || value === undefined ? "–" : String(value);
    if (kind) cell.className = kind;
    parent.appendChild(cell);
  };
  function fill(details, heads, rowCount, cells) {
    details.addEventListener("toggle", () => {
      if (!details.open || details.dataset.filled) return;
      details.dataset.filled = "1";
      const table = document.createElement("table"), head = table.createTHead().insertRow(), body = document.createElement("tbody");
      for (const h of heads) text(head, "th", h[0], h[1]);
      for (let i = 0; i < rowCount; ++i) {
        const row = document.createElement("tr");
        cells(i).forEach((c, k) => text(row, "td", c, heads[k][1]));
        body.appendChild(row);
      }
      table.appendChild(body);
      const box = document.createElement("div");
      box.className = "scroll tall";
      box.tabIndex = 0;
      box.appendChild(table);
      details.appendChild(box);
    });
  }

  const e = data.events;
  const events = document.getElementById("event-list");
  if (events) fill(events, [["id"], ["class"], ["clock", n], ["onset s", n], ["duration s", n], ["stage"], ["channel"], ["side"], ["measures"]], e.onset.length,
    (i) => [e.id[i], data.classes[e.class[i]].name, clock(e.onset[i], true), e.onset[i], e.duration[i], e.stage[i], e.channel[i], e.side[i], e.measures[i]]);
  const epochs = document.getElementById("epoch-list");
  if (epochs) {
    const heads = [["epoch", n], ["clock", n], ["stage"]];
    if (data.p) for (const name of stageNames) heads.push(["p " + name, n]);
    for (const v of data.epochValues) heads.push([v.name, n]);
    fill(epochs, heads, data.stages.length, (i) => [i, clock(epochTime(i)), data.stages[i] < 0 ? "?" : stageNames[data.stages[i]],
      ...(data.p ? stageNames.map((_, k) => data.p[i] ? data.p[i][k] : null) : []), ...data.epochValues.map((v) => v.values[i])]);
  }
})();
