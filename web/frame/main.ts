/**
 * The output frame: shows untrusted HTML, SVG, JavaScript, plots and widgets in an opaque origin that holds no credential.
 *
 * It knows nothing of the notebook, the server or the person. It takes content from one port, and gives back its height,
 * the links that are clicked, and what widgets say to their models.
 */
import { type Host, silentHost } from "./host";
import { behave } from "./manners";
import { watchHeight } from "./measure";
import { takePicture } from "./picture";
import type { Handshake, ToFrame } from "./protocol";
import { keepDocument } from "./renderers/html";
import { Show } from "./show";
import { addFace, applyTheme } from "./theme";
import { WidgetDoor } from "./widgets/door";

const HANDSHAKE: Handshake = "noctule-frame-v1";

const root = document.getElementById("outputs") ?? document.body;
const host: Host = silentHost();
const widgets = new WidgetDoor(host);
const show = new Show(root, { host, widgets });

function begin(message: Extract<ToFrame, { t: "begin" }>): void {
  const { words, theme } = message;
  Object.assign(host, { words, theme });
  applyTheme(document.documentElement, theme);
  watchHeight(root, (height) => host.say({ t: "height", height }));
}

function receive({ data }: MessageEvent<ToFrame>): void {
  switch (data.t) {
    case "begin":
      return begin(data);
    case "theme":
      host.theme = data.theme;
      return applyTheme(document.documentElement, data.theme);
    case "content":
      return show.items(data.items);
    case "ping":
      return host.say({ t: "pong", n: data.n });
    case "picture":
      return void takePicture(root)
        .catch(() => null)
        .then((picture) => host.say({ t: "picture", n: data.n, data: picture }));
    case "widgets":
      return widgets.take(data);
  }
}

let joined = false;
window.addEventListener("message", (event: MessageEvent<unknown>) => {
  const [port] = event.ports;
  if (joined || event.source !== window.parent || event.data !== HANDSHAKE || port === undefined) return;
  joined = true;
  event.stopImmediatePropagation();
  host.say = (message, transfer = []) => port.postMessage(message, transfer);
  port.onmessage = receive;
});
behave(host);
keepDocument();
addFace();
