// The linked time plots of a night: dygraphs draws axes, grids and curves, this file the rest.
// SPDX-License-Identifier: BSD-3-Clause
// Every text from a file is set as text (textContent, fillText) or escaped where dygraphs sets markup. One file, since all
// parts share the window of time that is shown.
(function () {
  "use strict";
  const data = JSON.parse(document.getElementById("night").textContent);
  const section = document.getElementById("plots");
  const end = Math.max(data.duration, 1);
  const shortest = 1; // s: no window is shorter
  const stageNames = ["W", "N1", "N2", "N3", "R"];
  const levels = [5, 3, 2, 1, 4]; // height of a stage: W R N1 N2 N3 from the top
  const colours = data.colours;
  const two = (n) => String(n).padStart(2, "0");
  const escape = (text) => text.replace(/[&<>"']/g, (c) => "&#" + c.charCodeAt(0) + ";");
  const byId = (id) => document.getElementById(id);

  const clock = (s, fine) => {
    let t = data.start === null ? s : (s + data.start) % 86400;
    t = fine ? Math.round(t * 1000) / 1000 : Math.round(t);
    const rest = Math.floor(t), part = fine && t !== rest ? (t - rest).toFixed(3).slice(1).replace(/0+$/, "") : "";
    return two(Math.floor(rest / 3600)) + ":" + two(Math.floor(rest / 60) % 60) + ":" + two(rest % 60) + part;
  };
  const fromStart = (s) => {
    const t = Math.floor(s);
    return Math.floor(t / 3600) + " h " + two(Math.floor(t / 60) % 60) + " min " + two(t % 60) + " s";
  };

  // ---- axes
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];
  const timeTicks = (a, b, pixels) => {
    const step = steps.find((s) => (b - a) / s <= pixels / 84) || 14400;
    const offset = data.start === null ? 0 : data.start % step;
    const ticks = [];
    for (let k = Math.ceil((a + offset) / step); k * step - offset <= b; ++k) {
      const v = k * step - offset;
      const text = clock(v, step < 1);
      ticks.push({ v: v, label: step >= 60 ? text.slice(0, 5) : text });
    }
    return ticks;
  };
  const fixedTicks = (pairs) => () => pairs.map((p) => ({ v: p[0], label: escape(p[1]) }));

  // ---- pictures below the curves
  const clipped = (area, context, draw) => {
    context.save();
    context.beginPath();
    context.rect(area.x, area.y, area.w, area.h);
    context.clip();
    draw();
    context.restore();
  };
  const epochRange = (g) => {
    const w = g.xAxisRange();
    return [Math.max(0, Math.floor((w[0] - data.epoch.start) / data.epoch.length)),
            Math.min(data.stages.length, Math.ceil((w[1] - data.epoch.start) / data.epoch.length))];
  };
  const epochTime = (i) => data.epoch.start + i * data.epoch.length;

  function drawLights(context, area, g) {
    context.fillStyle = "rgba(27,31,36,.06)";
    const x0 = area.x, x1 = area.x + area.w;
    if (data.lights[0] !== null) { const x = g.toDomXCoord(data.lights[0]); if (x > x0) context.fillRect(x0, area.y, Math.min(x, x1) - x0, area.h); }
    if (data.lights[1] !== null) { const x = g.toDomXCoord(data.lights[1]); if (x < x1) context.fillRect(Math.max(x, x0), area.y, x1 - Math.max(x, x0), area.h); }
  }

  function drawStages(context, area, g) {
    drawLights(context, area, g);
    const [from, to] = epochRange(g);
    let last = null;
    for (let i = from; i < to; ++i) {
      const stage = data.stages[i];
      const x = g.toDomXCoord(epochTime(i)), x1 = g.toDomXCoord(epochTime(i + 1));
      if (stage < 0) { context.fillStyle = "#e4e7ea"; context.fillRect(x, area.y, x1 - x + 0.5, area.h); last = null; continue; }
      const y = g.toDomYCoord(levels[stage]);
      context.fillStyle = "#1b1f24";
      if (last !== null && last !== y) context.fillRect(x - 0.75, Math.min(last, y), 1.5, Math.abs(last - y));
      context.fillStyle = colours[stage];
      context.fillRect(x - 0.4, y - 4, x1 - x + 0.8, 8);
      last = y;
    }
  }

  function drawBand(context, area, g) {
    const [from, to] = epochRange(g);
    for (let i = from; i < to; ++i) {
      const p = data.p[i];
      const x = g.toDomXCoord(epochTime(i)), width = g.toDomXCoord(epochTime(i + 1)) - x + 0.5;
      if (!p) { context.fillStyle = "#e4e7ea"; context.fillRect(x, area.y, width, area.h); continue; }
      let y = area.y + area.h;
      for (const stage of [3, 2, 1, 4, 0]) {
        const h = p[stage] * area.h;
        context.fillStyle = colours[stage];
        context.fillRect(x, y - h, width, h);
        y -= h;
      }
    }
  }

  let chosen = -1; // class whose events n and p step through; -1: all
  const lanes = data.classes.map((_, k) => k).filter((k) => data.classes[k].lane >= 0);
  const laneHeight = 20;
  function drawEvents(context, area, g) {
    const e = data.events, w = g.xAxisRange();
    if (chosen >= 0 && data.classes[chosen].lane >= 0) {
      context.fillStyle = "#e3f1fa";
      context.fillRect(area.x, area.y + data.classes[chosen].lane * laneHeight, area.w, laneHeight);
    }
    context.fillStyle = "#e8ebee";
    for (let k = 1; k < lanes.length; ++k) context.fillRect(area.x, area.y + k * laneHeight, area.w, 1);
    const from = lanes.map(() => 0), to = lanes.map(() => -1); // what touches is one mark
    const paint = (lane) => {
      if (to[lane] <= from[lane]) return;
      context.fillStyle = data.laneColours[lane % data.laneColours.length];
      context.fillRect(from[lane], area.y + lane * laneHeight + 3, to[lane] - from[lane], laneHeight - 6);
    };
    const x0 = g.toDomXCoord(0), perSecond = g.toDomXCoord(1) - x0;
    for (let i = 0; i < e.onset.length; ++i) {
      const lane = data.classes[e.class[i]].lane;
      if (lane < 0 || e.onset[i] > w[1] || e.onset[i] + e.duration[i] < w[0]) continue;
      const x = x0 + e.onset[i] * perSecond, x1 = Math.max(x + 1.5, x + e.duration[i] * perSecond);
      if (x > to[lane]) {
        paint(lane);
        from[lane] = x;
        to[lane] = x1;
      } else to[lane] = Math.max(to[lane], x1);
    }
    lanes.forEach((_, lane) => paint(lane));
  }

  function spectrogramPicture(s) {
    const bytes = atob(s.data), picture = document.createElement("canvas");
    picture.width = s.steps;
    picture.height = s.bins;
    const context = picture.getContext("2d"), image = context.createImageData(s.steps, s.bins);
    for (let i = 0; i < s.steps; ++i)
      for (let k = 0; k < s.bins; ++k) {
        const value = bytes.charCodeAt(i * s.bins + k), at = ((s.bins - 1 - k) * s.steps + i) * 4; // 0: gap
        for (let c = 0; c < 3; ++c) image.data[at + c] = value === 0 ? 228 : s.colours[value][c];
        image.data[at + 3] = 255;
      }
    context.putImageData(image, 0, 0);
    return picture;
  }

  // ---- plots
  const plots = [];
  const gutterAxis = 46;
  Dygraph.PLUGINS = [Dygraph.Plugins.Axes, Dygraph.Plugins.Grid]; // the legend sets styles that the page's policy forbids
  function makePlot(id, options, points) {
    const element = byId(id);
    if (!element) return null;
    const g = new Dygraph(element, points || [[0, null], [end, null]], Object.assign({
      labels: ["time", "value"], dateWindow: [0, end], interactionModel: {},
      highlightCircleSize: 0, showLabelsOnHighlight: false, rightGap: 8, xRangePad: 0, xAxisHeight: 20, axisLineColor: "#aab2bb", gridLineColor: "#dfe3e7", gridLineWidth: 1,
    }, options, {
      axes: {
        x: { ticker: (a, b, pixels) => timeTicks(a, b, pixels), axisLabelWidth: 70, axisLabelFontSize: 11, drawGrid: false },
        y: Object.assign({ axisLabelWidth: gutterAxis, axisLabelFontSize: 11 }, options.y),
      },
    }));
    plots.push({ g: g, element: element });
    addPointer(g, element);
    return g;
  }

  const stageTicks = fixedTicks([[5, "W"], [4, "R"], [3, "N1"], [2, "N2"], [1, "N3"]]);
  let current = [0, end];

  // Every plot shows the same window.
  function show(a, b, say, again) {
    let width = Math.min(Math.max(b - a, Math.min(shortest, end)), end);
    a = Math.min(Math.max((a + b) / 2 - width / 2, 0), end - width);
    current = [a, a + width];
    for (const p of plots) {
      const shown = p.g.xAxisRange();
      if (again || shown[0] !== current[0] || shown[1] !== current[1]) p.g.updateOptions({ dateWindow: current.slice() });
    }
    byId("window").textContent = clock(current[0], width < 120) + " – " + clock(current[1], width < 120) + " (" + spanText(width) + ")";
    if (say) byId("said").textContent = byId("window").textContent;
  }
  const spanText = (s) => s >= 3600 ? (s / 3600).toFixed(1) + " h" : s >= 120 ? (s / 60).toFixed(1) + " min" : s.toFixed(1) + " s";
  const zoom = (factor, centre) => {
    const width = (current[1] - current[0]) * factor;
    const middle = centre === undefined ? (current[0] + current[1]) / 2 : centre;
    show(middle - width / 2, middle + width / 2, true);
  };
  const pan = (share) => {
    const d = (current[1] - current[0]) * share;
    show(current[0] + d, current[1] + d, true);
  };
  const whole = () => show(0, end, true);

  // ---- pointer: drag zooms, with shift it moves, a double click shows the whole night
  function addPointer(g, element) {
    let from = null, last = null, moving = false, mark = null;
    const time = (event) => g.toDataXCoord(event.clientX - element.getBoundingClientRect().left);
    element.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      from = last = event.clientX;
      moving = event.shiftKey;
      element.setPointerCapture(event.pointerId);
    });
    element.addEventListener("pointermove", (event) => {
      readAt(time(event));
      if (from === null) return;
      if (moving) {
        const area = g.getArea(), d = (last - event.clientX) / area.w * (current[1] - current[0]);
        last = event.clientX;
        show(current[0] + d, current[1] + d);
        return;
      }
      if (!mark) { mark = document.createElement("div"); mark.className = "select"; element.appendChild(mark); }
      const left = element.getBoundingClientRect().left;
      mark.style.left = Math.min(from, event.clientX) - left + "px";
      mark.style.width = Math.abs(event.clientX - from) + "px";
    });
    const stop = (event) => {
      if (mark) mark.remove();
      mark = null;
      if (from !== null && !moving && event.type === "pointerup" && Math.abs(event.clientX - from) > 5) {
        const left = element.getBoundingClientRect().left;
        const ends = [g.toDataXCoord(from - left), time(event)].sort((x, y) => x - y);
        show(ends[0], ends[1], true);
      }
      from = null;
    };
    element.addEventListener("pointerup", stop);
    element.addEventListener("pointercancel", stop);
    element.addEventListener("pointerleave", () => readAt(null));
    element.addEventListener("dblclick", whole);
  }

  // ---- what is at a moment
  const rounded = (v) => v === null || v === undefined ? "–" : v >= 100 ? v.toFixed(0) : v.toPrecision(2);
  function readAt(t) {
    for (const p of plots) {
      let line = p.element.querySelector(".cursor");
      if (!line) { line = document.createElement("div"); line.className = "cursor"; p.element.appendChild(line); }
      const area = p.g.getArea(), x = t === null ? -1 : p.g.toDomXCoord(t);
      line.style.display = x < area.x || x > area.x + area.w ? "none" : "block";
      line.style.left = x + "px";
      line.style.height = area.h + "px";
    }
    if (t === null || t < 0 || t > end) { byId("readout").textContent = hint; return; }
    const words = [clock(t, current[1] - current[0] < 600), fromStart(t)];
    const i = Math.floor((t - data.epoch.start) / data.epoch.length);
    if (i >= 0 && i < data.stages.length) {
      const stage = data.stages[i], p = data.p && data.p[i];
      words.push("epoch " + i + ": " + (stage < 0 ? "?" : stageNames[stage]) + (p && stage >= 0 ? " (" + p[stage].toFixed(2) + ")" : ""));
    }
    for (const e of data.envelopes) {
      const k = Math.floor(t / e.step);
      if (k < e.median.length) words.push(e.name + " " + rounded(e.median[k]) + " to " + rounded(e.peak[k]) + " " + e.unit);
    }
    const reach = (current[1] - current[0]) / 400, found = [];
    for (let k = 0; k < data.events.onset.length && found.length < 4; ++k)
      if (data.events.onset[k] - reach <= t && t <= data.events.onset[k] + data.events.duration[k] + reach) found.push(eventWords(k));
    if (found.length) words.push(found.join("; "));
    byId("readout").textContent = words.join("  ·  ");
  }
  const eventWords = (k) => data.events.id[k] + " (" + data.events.duration[k] + " s" + (data.events.channel[k] ? ", " + data.events.channel[k] : "") + ")";
  const hint = byId("readout").textContent;

  // ---- keys
  function step(direction) {
    const middle = (current[0] + current[1]) / 2, e = data.events;
    let best = -1;
    for (let k = 0; k < e.onset.length; ++k) {
      if (chosen >= 0 && e.class[k] !== chosen) continue;
      const d = (e.onset[k] + e.duration[k] / 2 - middle) * direction;
      if (d > 0.05 && (best < 0 || d < (e.onset[best] + e.duration[best] / 2 - middle) * direction)) best = k;
    }
    if (best < 0) { byId("said").textContent = "no further event"; return; }
    const width = Math.min(Math.max(60, 3 * e.duration[best]), Math.max(60, current[1] - current[0]));
    const centre = e.onset[best] + e.duration[best] / 2;
    show(centre - width / 2, centre + width / 2);
    readAt(centre);
    byId("said").textContent = eventWords(best) + " at " + clock(e.onset[best], true);
  }
  const actions = { whole: whole, in: () => zoom(0.5), out: () => zoom(2), left: () => pan(-0.4), right: () => pan(0.4),
                    next: () => step(1), previous: () => step(-1) };
  const keys = { "+": "in", "=": "in", "-": "out", ArrowLeft: "left", ArrowRight: "right", "0": "whole", Home: "whole", n: "next", p: "previous" };
  section.addEventListener("keydown", (event) => {
    const action = keys[event.key];
    if (!action || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("details, .scroll")) return;
    event.preventDefault();
    actions[action]();
  });
  for (const button of section.querySelectorAll("button[data-do]")) button.addEventListener("click", () => actions[button.dataset.do]());

  function start() {
    section.classList.add("live");
    makePlot("plot-stages", { valueRange: [0.4, 5.6], underlayCallback: under(drawStages, [1, 2, 3, 4, 5]), y: { ticker: stageTicks, drawGrid: false } });
    if (data.p) makePlot("plot-band", { valueRange: [0, 1], underlayCallback: under(drawBand), y: { ticker: fixedTicks([[0, "0"], [0.5, "0.5"], [1, "1"]]), drawGrid: false } });
    if (lanes.length) {
      const plot = byId("plot-events");
      plot.style.height = lanes.length * laneHeight + 20 + "px";
      const box = byId("lanes");
      for (const k of lanes) {
        const button = document.createElement("button");
        button.textContent = data.classes[k].name;
        button.title = data.classes[k].name + ": " + data.classes[k].count + " events. Press to step through them alone with n and p";
        button.setAttribute("aria-pressed", "false");
        button.addEventListener("click", () => {
          chosen = chosen === k ? -1 : k;
          [...box.children].forEach((b, i) => b.setAttribute("aria-pressed", String(lanes[i] === chosen)));
          show(current[0], current[1], false, true);
        });
        box.appendChild(button);
      }
      makePlot("plot-events", { valueRange: [-lanes.length, 0], underlayCallback: under(drawEvents),
        y: { ticker: fixedTicks(lanes.map((k, i) => [-i - 0.5, String(data.classes[k].count)])), drawGrid: false, drawAxis: true } });
    }
    data.envelopes.forEach((e, k) => {
      const points = e.median.map((v, i) => [(i + 0.5) * e.step, e.peak[i], v]);
      const top = e.peak.reduce((a, v) => Math.max(a, v), 10), ticks = [];
      for (let v = 1; v <= top * 1.3; v *= 10) ticks.push([v, String(v)]);
      makePlot("plot-envelope-" + k, { labels: ["time", "highest", "median"], logscale: true, valueRange: [0.5, top * 1.3], colors: ["#56b4e9", "#0b3c5d"],
        strokeWidth: 1, underlayCallback: under(drawLights), y: { ticker: fixedTicks(ticks), drawGrid: true } }, points);
    });
    if (data.spectrogram) {
      const s = data.spectrogram, picture = spectrogramPicture(s), top = s.low + s.bin * s.bins;
      const ticks = [];
      for (let f = 0; f <= top; f += 10) if (f >= s.low) ticks.push([f, String(f)]);
      makePlot("plot-spectrogram", { valueRange: [s.low, top], y: { ticker: fixedTicks(ticks), drawGrid: false },
        underlayCallback: under((context, area, g) => {
          const w = g.xAxisRange(), i0 = Math.max(0, Math.floor(w[0] / s.step)), i1 = Math.min(s.steps, Math.ceil(w[1] / s.step));
          if (i1 <= i0) return;
          const x0 = g.toDomXCoord(i0 * s.step), x1 = g.toDomXCoord(i1 * s.step);
          context.imageSmoothingEnabled = i1 - i0 > area.w;
          context.drawImage(picture, i0, 0, i1 - i0, s.bins, x0, area.y, x1 - x0, area.h);
        }) });
    }
    show(0, end);
  }

  // What lies below the curves; the lines of the grid lie below it in turn, so that they cross no block of colour.
  function under(draw, levels) {
    return (context, area, g) => clipped(area, context, () => {
      const w = g.xAxisRange();
      context.fillStyle = "#dfe3e7";
      for (const tick of timeTicks(w[0], w[1], area.w)) context.fillRect(Math.round(g.toDomXCoord(tick.v)), area.y, 1, area.h);
      for (const y of levels || []) context.fillRect(area.x, Math.round(g.toDomYCoord(y)), area.w, 1);
      draw(context, area, g);
    });
  }
  start();
  window.psgReport = { data: data, clock: clock, epochTime: epochTime, stageNames: stageNames, window: () => current.slice(), plots: plots.map((p) => p.g) };
})();
