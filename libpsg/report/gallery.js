// The channels around the events of a gallery, drawn twice as fine as on the screen.
// SPDX-License-Identifier: BSD-3-Clause
(function () {
  "use strict";
  const canvases = document.querySelectorAll(".gallery canvas");
  function drawGallery(i) {
    const canvas = canvases[i], e = psgReport.data.gallery[i];
    if (!canvas || !e) return;
    const c = canvas.getContext("2d"), left = 128, right = 640, high = 80, bottom = e.traces.length * high;
    const x = (s) => left + (s + e.before) / (e.before + e.after) * (right - left);
    c.font = "17px system-ui, sans-serif";
    c.fillStyle = "#fff";
    c.fillRect(0, 0, canvas.width, canvas.height);
    c.fillStyle = "#fdecc8";
    c.fillRect(x(0), 0, Math.max(2, x(Math.min(e.length, e.after)) - x(0)), bottom);
    const step = e.before + e.after > 10 ? 5 : 1;
    c.textAlign = "center";
    for (let s = -Math.floor(e.before / step) * step; s <= e.after; s += step) {
      c.fillStyle = "#dfe3e7";
      c.fillRect(x(s) - 0.5, 0, 1, bottom);
      c.fillStyle = "#59636e";
      c.fillText(s + (s + step > e.after ? " s" : ""), Math.min(x(s), right - 4), bottom + 24);
    }
    c.textAlign = "left";
    e.traces.forEach((t, k) => {
      const top = k * high, bytes = atob(t.data), parts = bytes.length / 2;
      c.fillStyle = "#1b1f24";
      c.fillText(t.name, 0, top + 36, left - 8);
      c.fillText(t.range, right + 8, top + 36, 70);
      c.fillStyle = "#59636e";
      c.fillText(t.label, 0, top + 58, left - 8);
      c.fillText(t.unit, right + 8, top + 58, 70);
      c.fillStyle = "#dfe3e7";
      if (k > 0) c.fillRect(left, top, right - left, 1);
      c.strokeStyle = t.name === "ECG" ? "#d55e00" : t.name === "EEG" ? "#0b3c5d" : "#1b1f24";
      c.lineWidth = 1.2;
      c.lineJoin = "round";
      c.beginPath();
      let drawing = false;
      for (let p = 0; p < parts; ++p) {
        const pair = [bytes.charCodeAt(2 * p), bytes.charCodeAt(2 * p + 1)];
        if (pair[0] === 0) { drawing = false; continue; }
        if (p % 2 === 0) pair.reverse();
        const at = left + (p + 0.5) / parts * (right - left);
        for (const v of pair) {
          const y = top + high - 8 - (v - 1) / 254 * (high - 16);
          if (drawing) c.lineTo(at, y); else c.moveTo(at, y);
          drawing = true;
        }
      }
      c.stroke();
    });
    c.strokeStyle = "#aab2bb";
    c.strokeRect(left, 0.5, right - left, bottom);
    setTimeout(() => drawGallery(i + 1), 0); // one after the other, so that the page answers meanwhile
  }
  drawGallery(0);
})();
