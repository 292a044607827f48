# Drives headless Chromium by the DevTools protocol: opens pages, presses and drags, tells console and network.
# SPDX-License-Identifier: BSD-3-Clause
import asyncio
import base64
import importlib.util
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request

CHROMIUM = shutil.which("chromium")
MISSING = "no chromium" if not CHROMIUM else "no Python module websockets" if not importlib.util.find_spec("websockets") else None


class Browser:
    """One page of a browser. `console` and `requests` hold what was said and asked for since open()."""

    def __init__(self, width=1400, height=1000):
        self.size = (width, height)
        self.loop = asyncio.new_event_loop()
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.console, self.requests, self.number = [], [], 0
        self.process = subprocess.Popen(
            [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--remote-debugging-port=0",
             f"--user-data-dir={self.profile.name}", "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            found = re.search(r"ws://127\.0\.0\.1:(\d+)/", line)
            if found:
                break
        else:
            raise RuntimeError("chromium did not start")
        with urllib.request.urlopen(f"http://127.0.0.1:{found[1]}/json", timeout=30) as answer:
            page = next(t for t in json.load(answer) if t["type"] == "page")
        self.socket = self.loop.run_until_complete(self._connect(page["webSocketDebuggerUrl"]))
        for domain in ["Runtime", "Log", "Page", "Network"]:
            self.call(f"{domain}.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    @staticmethod
    async def _connect(url):
        import websockets
        return await websockets.connect(url, max_size=None)

    def call(self, method, **parameters):
        self.number += 1
        return self.loop.run_until_complete(asyncio.wait_for(self._call(self.number, method, parameters), 120))

    async def _call(self, number, method, parameters):
        await self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(await self.socket.recv())
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(answer["error"])
                return answer["result"]
            self._hear(answer)

    def _hear(self, event):
        what = event.get("method")
        if what in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
            self.console.append(json.dumps(event["params"])[:500])
        elif what == "Network.requestWillBeSent":
            self.requests.append(event["params"]["request"]["url"][:200])

    def open(self, path):
        """Seconds until the page and its scripts had run."""
        self.console, self.requests = [], []
        begin = time.monotonic()
        self.call("Page.navigate", url=pathlib.Path(path).resolve().as_uri())
        while self.run("document.readyState") != "complete":
            time.sleep(0.01)
        return time.monotonic() - begin

    def run(self, script):
        """The value of an expression in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def mouse(self, kind, x, y, modifiers=0, clicks=1):
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=int(kind != "mouseReleased"), clickCount=clicks, modifiers=modifiers)

    def drag(self, x0, y0, x1, y1, modifiers=0):
        self.mouse("mousePressed", x0, y0, modifiers)
        for k in range(1, 5):
            self.mouse("mouseMoved", x0 + (x1 - x0) * k / 4, y0 + (y1 - y0) * k / 4, modifiers)
        self.mouse("mouseReleased", x1, y1, modifiers)

    def key(self, key):
        for kind in ["keyDown", "keyUp"]:
            self.call("Input.dispatchKeyEvent", type=kind, key=key, **({"text": key} if len(key) == 1 else {}))

    def screenshot(self, path):
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": self.size[0], "height": min(size["height"], 12000), "scale": 1}
        pathlib.Path(path).write_bytes(base64.b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]))

    def print_pdf(self, path):
        pathlib.Path(path).write_bytes(base64.b64decode(self.call("Page.printToPDF", preferCSSPageSize=True)["data"]))

    def close(self):
        self.loop.run_until_complete(self.socket.close())
        self.loop.close()
        self.process.terminate()
        self.process.wait(30)
        self.process.stderr.close()
        self.profile.cleanup()
