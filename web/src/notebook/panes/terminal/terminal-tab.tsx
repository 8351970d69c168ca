/** A terminal in the dock: the screen, what is wrong with it in words, and keys for fingers. */
import "./terminal.css";

import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";

import { keysOf } from "../../../commands/keymap";
import { showChord } from "../../../commands/keys";
import { TerminalLink, type TerminalState } from "../../../net/terminal-link";
import { isMac, MOD } from "../../../platform";
import { Button } from "../../../ui/button";
import { useSettings } from "../../../ui/hooks";
import { strings } from "../../../words";
import { commands } from "../../commands";
import { TERMINAL_COMMAND } from "../../commands/dock";
import { useController, useDock, useSummary } from "../../context";
import type { DockTab } from "../../model/dock";
import { KeyBar } from "./key-bar";
import { controlled, keyUse } from "./keys";
import { terminalPorts } from "./ports";
import { themeAt } from "./theme";
import { type ScreenLook, XtermScreen } from "./xterm-screen";

const words = strings.terminal;

/** Problems of a terminal whose runtime has ended. */
const GONE: ReadonlySet<string> = new Set(["no-runtime", "runtime-ending", "terminal-not-found"]);

interface TabProps {
  readonly tab: Extract<DockTab, { kind: "terminal" }>;
  readonly active: boolean;
}

interface Live {
  readonly screen: XtermScreen;
  readonly link: TerminalLink;
}

export default function TerminalTab({ tab, active }: TabProps) {
  const groundRef = useRef<HTMLDivElement>(null);
  const liveRef = useRef<Live | null>(null);
  const [state, setState] = useState<TerminalState>({ t: "connecting" });
  const [control, setControl] = useState(false);
  const [hovered, setHovered] = useState<string | null>(null);
  useLive(tab, { groundRef, liveRef, setState, setHovered, control, setControl });
  useFit(groundRef, liveRef, active);
  useLook(groundRef, liveRef);
  useFocus(tab, liveRef, active);
  useReturn(liveRef, state);
  const send = useCallback((data: string) => {
    liveRef.current?.link.type(data);
    liveRef.current?.screen.focus();
  }, []);
  return (
    <div className="terminal">
      <Notice tab={tab} state={state} />
      <div
        className={state.t === "open" || state.t === "ended" ? "terminal-screen" : "terminal-screen away"}
        ref={groundRef}
        title={hovered === null ? undefined : `${hovered}\n${words.linkHint(MOD.replace("+", ""))}`}
      />
      {state.t === "open" && (
        <KeyBar
          control={control}
          onControl={setControl}
          onKey={send}
          onPaste={(text) => liveRef.current?.screen.paste(text)}
          application={() => liveRef.current?.screen.applicationKeys ?? false}
        />
      )}
    </div>
  );
}

interface Parts {
  readonly groundRef: React.RefObject<HTMLDivElement | null>;
  readonly liveRef: React.RefObject<Live | null>;
  readonly setState: (state: TerminalState) => void;
  readonly setHovered: (address: string | null) => void;
  readonly control: boolean;
  readonly setControl: (held: boolean) => void;
}

/** Makes screen and link, for as long as the tab is there. */
function useLive(tab: TabProps["tab"], { groundRef, liveRef, setState, setHovered, control, setControl }: Parts): void {
  const controller = useController();
  const { shortcuts } = useSettings();
  const look = useLookNow();
  const type = useEffectEvent((data: string) => {
    liveRef.current?.link.type(control ? controlled(data) : data);
    if (control) setControl(false);
  });
  const key = useEffectEvent((event: KeyboardEvent): boolean => {
    const { screen } = liveRef.current ?? {};
    if (event.type !== "keydown" || screen === undefined) return false;
    const leave = keysOf(commands.get(TERMINAL_COMMAND), shortcuts);
    const use = keyUse(event, { leave, selected: screen.terminal.hasSelection(), mac: isMac });
    if (use === "terminal") return false;
    // A paste comes by the browser's own event, which the terminal hears.
    if (use === "copy" && copy(screen)) event.preventDefault();
    if (use === "page") {
      event.preventDefault();
      commands.run(TERMINAL_COMMAND, controller);
    }
    return true;
  });
  const begin = useEffectEvent((parent: HTMLElement): Live => {
    const [leave] = keysOf(commands.get(TERMINAL_COMMAND), shortcuts);
    const label = words.label(tab.number, leave === undefined ? "" : showChord(leave, isMac));
    const screen = new XtermScreen(parent, label, look(parent), {
      data: type,
      binary: (data) => liveRef.current?.link.typeBytes(data),
      key,
      hover: setHovered,
      follow,
    });
    const ports = terminalPorts(controller.session.notebook, tab.terminal);
    const link = new TerminalLink(ports, screen, setState);
    return { screen, link };
  });
  useEffect(() => {
    const parent = groundRef.current;
    if (parent === null) return;
    const made = begin(parent);
    liveRef.current = made;
    let gone = false;
    // Its cells are measured with the font that they will have.
    void document.fonts.load("13px 'JetBrains Mono'").finally(() => {
      if (!gone) made.link.start(made.screen.room() ?? { cols: 80, rows: 24 });
    });
    return () => {
      gone = true;
      liveRef.current = null;
      made.link.stop();
      made.screen.destroy();
    };
  }, [groundRef, liveRef]);
}

/** False: the browser does it, by an event that the terminal hears. */
function copy({ terminal }: XtermScreen): boolean {
  // Absent over plain HTTP from another machine, whatever the types say.
  if (!window.isSecureContext) return false;
  void navigator.clipboard.writeText(terminal.getSelection()).then(() => terminal.clearSelection());
  return true;
}

/** A link opens when it is meant: with Ctrl held, or by a finger. What a program prints is not trusted with more. */
function follow(event: MouseEvent, address: string): void {
  const meant = event.ctrlKey || event.metaKey || window.matchMedia("(pointer: coarse)").matches;
  if (meant && /^https?:\/\//i.test(address)) window.open(address, "_blank", "noopener,noreferrer");
}

/** Tells how much room there is, whenever that changes. */
function useFit(groundRef: Parts["groundRef"], liveRef: Parts["liveRef"], active: boolean): void {
  const { fontSize } = useSettings();
  useEffect(() => {
    const parent = groundRef.current;
    if (!active || parent === null) return;
    const tell = () => {
      const room = liveRef.current?.screen.room() ?? null;
      if (room !== null) liveRef.current?.link.resize(room);
    };
    tell();
    const observer = new ResizeObserver(tell);
    observer.observe(parent);
    return () => observer.disconnect();
  }, [groundRef, liveRef, active, fontSize]);
}

function useLookNow(): (element: HTMLElement) => ScreenLook {
  const { fontSize, terminal } = useSettings();
  return useCallback(
    (element) => ({
      fontSize,
      screenReader: terminal.screenReader,
      theme: themeAt(element),
      still: window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    }),
    [fontSize, terminal.screenReader],
  );
}

/** Follows the theme, of the person or of the system. */
function useLook(groundRef: Parts["groundRef"], liveRef: Parts["liveRef"]): void {
  const { theme } = useSettings();
  const look = useLookNow();
  useEffect(() => {
    const apply = () => {
      if (groundRef.current !== null) liveRef.current?.screen.look(look(groundRef.current));
    };
    apply();
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", apply);
    return () => system.removeEventListener("change", apply);
  }, [groundRef, liveRef, look, theme]);
}

/** It takes the focus each time when it is asked for. */
function useFocus(tab: DockTab, liveRef: Parts["liveRef"], active: boolean): void {
  const turn = useDock(({ wanted }) => (wanted.id === tab.id ? wanted.turn : 0));
  const seenRef = useRef(0);
  useEffect(() => {
    if (!active || turn === seenRef.current) return;
    seenRef.current = turn;
    if (turn > 0) liveRef.current?.screen.focus();
  }, [liveRef, active, turn]);
}

/** Tries again when there is reason to: the network is back, the page is looked at, a runtime has been connected. */
function useReturn(liveRef: Parts["liveRef"], state: TerminalState): void {
  const { runtime } = useSummary();
  const connected = runtime?.state === "connected" ? runtime.id : null;
  useEffect(() => {
    const wake = () => {
      if (document.visibilityState === "visible") liveRef.current?.link.wake();
    };
    window.addEventListener("online", wake);
    document.addEventListener("visibilitychange", wake);
    return () => {
      window.removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wake);
    };
  }, [liveRef]);
  // Once for each runtime: one that knows no such terminal is not asked again.
  const triedRef = useRef<string | null>(null);
  useEffect(() => {
    if (state.t === "open") triedRef.current = connected;
    if (state.t !== "refused" || connected === null || connected === triedRef.current) return;
    triedRef.current = connected;
    liveRef.current?.link.tryNow();
  }, [liveRef, connected, state.t]);
}

function Notice({ tab, state }: { readonly tab: TabProps["tab"]; readonly state: TerminalState }) {
  const { terminals, running } = useController();
  const { runtime } = useSummary();
  const close = () => void terminals.close(tab.terminal);
  const renew = () => void terminals.renew(tab.id);
  switch (state.t) {
    case "open":
      return null;
    case "connecting":
      return <Bar text={words.connecting} />;
    case "waiting":
      return <Bar text={words.waiting(causeOf(state))} />;
    case "ended": {
      const { code, signal } = state.exit;
      return (
        <Bar text={signal === "" ? words.ended(code) : words.killed(signal)}>
          <Button look="outlined" onClick={renew}>
            {words.make}
          </Button>
          <Button onClick={close}>{words.close}</Button>
        </Bar>
      );
    }
    case "refused": {
      const gone = GONE.has(state.problem.code);
      const connected = runtime?.state === "connected";
      const none = runtime === null || runtime.state === "ended";
      return (
        <Bar text={gone && !connected ? words.noRuntime : [state.problem.title, state.problem.detail].join(" ")} bad>
          {(connected || none) && (
            <Button look="outlined" onClick={connected ? renew : () => running.connect()}>
              {connected ? words.make : words.connect}
            </Button>
          )}
          <Button onClick={close}>{words.close}</Button>
        </Bar>
      );
    }
  }
}

function causeOf({ cause }: Extract<TerminalState, { t: "waiting" }>): string {
  if (cause.code !== "refused") return strings.loss[cause.code];
  return cause.problem.code === "runtime-unreachable" ? words.runtimeAway : strings.loss.refused(cause.problem.title);
}

interface BarProps {
  readonly text: string;
  readonly bad?: boolean;
  readonly children?: React.ReactNode;
}

function Bar({ text, bad = false, children }: BarProps) {
  return (
    <div className={bad ? "dock-bar bad" : "dock-bar"} role="status">
      <span>{text}</span>
      {children}
    </div>
  );
}
