/** The worker that searches: an expression that never ends holds up it alone, and it can be ended from outside. */
import { SearchDesk } from "./desk";
import type { FromWorker, ToWorker } from "./protocol";

const desk = new SearchDesk();
const say = (message: FromWorker) => postMessage(message);

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  const answer = desk.take(data);
  if (answer !== null) say(answer);
});

say({ t: "ready" });
