/**
 * The outputs of one cell that can run scripts, in one sandboxed frame of an opaque origin (docs/page.md).
 *
 * The frame is made when it comes near the viewport; of many, those that were out of sight longest are taken away again.
 * React makes the place; the frame in it is an island of its own (frame-host.ts), so that drawing the page anew never
 * touches it.
 */
import "./frame.css";

import { CirclePause, CircleStop, RotateCcw } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import type { FrameWords } from "../../../frame/protocol";
import { frameExits, frameFocus, frameHeights, newId, rest, widgetCdn } from "../../browser";
import type { RunStore } from "../../runs/store";
import { LIMITS, type Output } from "../../wire/types";
import { Button } from "../../ui/button";
import { strings } from "../../words";
import { useController, useMay } from "../context";
import type { NotebookController } from "../controller";
import { modelOf } from "./closed-widgets";
import { FrameFeed } from "./frame-feed";
import { FrameHost, type FrameSaid, type FrameState, type StopReason } from "./frame-host";
import type { Exit } from "./frame-exits";
import { FramePool } from "./frame-pool";
import { frameTheme, onTheme } from "./frame-theme";
import { BOKEH_EXEC, BOKEH_LOAD } from "./plan";
import { RelayLater } from "./relay-later";
import { useStill } from "./still";

const FIRST_PX = 40;

const pool = new FramePool(LIMITS.FRAMES_LIVE);

interface FrameProps {
  readonly cell: string;
  readonly outputs: readonly Output[];
}

interface Look {
  readonly state: FrameState;
  readonly reason: StopReason | null;
}

/** One run of the cell has one frame: another run is another element, whose frame knows nothing of this one. */
export function Frame({ cell, outputs }: FrameProps) {
  const controller = useController();
  const still = useStill();
  const place = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const [live, setLive] = useState(false);
  const [again, setAgain] = useState(0);
  const [look, setLook] = useState<Look>({ state: "loading", reason: null });
  const [feed, setFeed] = useState<FrameFeed | null>(null);
  const name = `${controller.session.notebook}/${cell}`;
  const [first] = useState(() => frameHeights.get(name) ?? FIRST_PX);
  useEffect(() => (place.current === null ? undefined : pool.watch(place.current, setLive)), []);
  useEffect(() => {
    const room = inner.current;
    if (!live || room === null) return;
    const host = new FrameHost(room, room.clientHeight, {
      title: strings.output.frame,
      words: frameWords(),
      theme: frameTheme,
      state: (state, reason) => setLook({ state, reason }),
      height: (height) => {
        room.style.height = `${height}px`;
        frameHeights.set(name, height);
      },
      said: (message) => hear({ controller, cell, relay, frame: host.element }, message),
    });
    const relay = still ? null : relayOf(controller, cell, host);
    const made = new FrameFeed(valuesOf(controller.session.notebook), (items) => host.items(items));
    const forget = [onTheme(() => host.theme()), controller.frames.add(cell, host)];
    setFeed(made);
    return () => {
      made.end();
      relay?.end();
      for (const call of forget) call();
      host.end();
      setFeed(null);
      setLook({ state: "loading", reason: null });
    };
  }, [live, again, name, cell, controller, still]);
  useEffect(() => feed?.show(outputs, preludes(controller.session.runs, outputs)), [feed, outputs, controller]);
  const stopped = look.state === "stopped";
  const looking = !useMay("run") && !still && outputs.some((output) => isLive(controller, output));
  return (
    <div ref={place} className="output-frame">
      {look.state === "silent" && <Silent onStop={() => controller.frames.of(cell)?.stop("asked")} />}
      {stopped && <Stopped reason={look.reason} onAgain={() => setAgain(again + 1)} />}
      {looking && <p className="output-frame-note meta">{strings.share.cannotUse.widgets}</p>}
      <div ref={inner} className="output-frame-room" style={{ height: first }} hidden={stopped} />
    </div>
  );
}

/** A widget whose model there is. */
function isLive({ session }: NotebookController, output: Output): boolean {
  const model = modelOf(output);
  return model !== null && session.runs.widget(model) !== null;
}

function Silent({ onStop }: { readonly onStop: () => void }) {
  return (
    <div className="output-frame-bar" role="status">
      <CirclePause aria-hidden />
      <span>{strings.frame.silent}</span>
      <Button look="outlined" icon={CircleStop} onClick={onStop}>
        {strings.frame.stop}
      </Button>
    </div>
  );
}

interface StoppedProps {
  readonly reason: StopReason | null;
  readonly onAgain: () => void;
}

function Stopped({ reason, onAgain }: StoppedProps) {
  return (
    <div className="output-frame-bar" role="status">
      <CircleStop aria-hidden />
      <span>{reason === null ? strings.frame.stopped.asked : strings.frame.stopped[reason]}</span>
      <Button look="outlined" icon={RotateCcw} onClick={onAgain}>
        {strings.frame.again}
      </Button>
    </div>
  );
}

interface Hearer {
  readonly controller: NotebookController;
  readonly cell: string;
  /** Without one it shows outputs of the past, or of another notebook: it belongs to no cell, and reaches no widget and no kernel. */
  readonly relay: RelayLater | null;
  readonly frame: HTMLIFrameElement;
}

/** Nothing that comes out of a frame is taken as it is: the host has checked its form, and here its wish is. */
function hear({ controller, cell, relay, frame }: Hearer, message: FrameSaid): void {
  switch (message.t) {
    case "link": {
      const { href } = message;
      const open = (sure: boolean) => frameExits.link(href, sure);
      return ask(controller, open, strings.frame.wantsLink(new URL(href).host), strings.frame.open);
    }
    case "download": {
      const { name, data } = message;
      const save = (sure: boolean) => frameExits.save(name, data, sure);
      return ask(controller, save, strings.frame.wantsSave(name.slice(0, 80)), strings.frame.save);
    }
    case "entered":
      return relay === null ? undefined : frameFocus.entered(frame, () => controller.selection.select(cell));
    case "open":
      return relay?.open(message.id);
    case "comm":
      return relay?.comm(message);
    case "leave":
      return frameFocus.left(frame)?.focus({ preventScroll: true });
  }
}

/** Does it when a press in the frame asked for it, and asks when that is not sure. */
function ask({ toasts }: NotebookController, act: (sure: boolean) => Exit, question: string, yes: string): void {
  const exit = act(false);
  if (exit === "too-large") toasts.say(strings.frame.tooLarge);
  if (exit === "doubtful") toasts.say(question, { label: yes, run: () => act(true) });
}

function frameWords(): FrameWords {
  const { failed, noBokeh, offline, widgetMissing, moduleMissing, moduleForbidden } = strings.frame;
  return { failed, noBokeh, offline, widgetMissing, moduleMissing, moduleForbidden };
}

function valuesOf(notebook: string) {
  return {
    text: async (output: string, type: string) => (await rest.mime(notebook, output, type)).text(),
    blob: async (output: string, type: string) => {
      const bytes = await (await rest.mime(notebook, output, type)).blob();
      return new Blob([bytes], { type });
    },
    failed: strings.output.failed,
  };
}

function relayOf(controller: NotebookController, cell: string, host: FrameHost): RelayLater {
  const { session, toasts } = controller;
  return new RelayLater({
    runs: session.runs,
    metadata: () => session.status().book?.notebookMeta() ?? {},
    buffer: (sha256) => rest.widgetBuffer(session.notebook, sha256),
    cdn: widgetCdn,
    may: () => session.may("run"),
    onMay: session.subscribe,
    comm: ({ id, type, content, buffers }) => session.comm(id, type, content, buffers, cell),
    complain: (problem) =>
      problem === "too-large" ? toasts.say(strings.frame.commTooLarge, null, true) : toasts.complain(problem),
    say: (news) => host.send(news),
    links: controller.frames.links,
    name: newId(),
  });
}

/** What has to run in this frame before its outputs: BokehJS, from wherever `output_notebook()` was called. */
function preludes(runs: RunStore, outputs: readonly Output[]): readonly Output[] {
  const needs = outputs.some((output) => output.t === "display" && BOKEH_EXEC in output.data);
  const has = outputs.some((output) => output.t === "display" && BOKEH_LOAD in output.data);
  if (!needs || has) return [];
  const found = runs.findOutput((output) => output.t === "display" && BOKEH_LOAD in output.data);
  return found === null ? [] : [found];
}
