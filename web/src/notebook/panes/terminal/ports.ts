/** What the browser gives to a terminal's link. The only file that binds it. */
import { diagnose, dialSocket, timers } from "../../../browser";
import type { ConnectionPorts } from "../../../net/connection";
import { runtimeAddress } from "../../../net/runtime-rest";

export function terminalPorts(notebook: string, terminal: string): ConnectionPorts {
  return {
    dial: (events) => dialSocket(runtimeAddress.terminal(notebook, terminal), events),
    timers,
    random: () => Math.random(),
    online: () => navigator.onLine,
    diagnose: () => diagnose(notebook),
  };
}
