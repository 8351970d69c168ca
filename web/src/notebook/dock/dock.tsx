/** The dock: tabs of terminals and files beside the cells. A tab that was shown stays mounted until it is closed. */
import "./dock.css";

import { PanelRightClose, Plus, X } from "lucide-react";
import {
  type KeyboardEvent,
  lazy,
  type MouseEvent,
  type ReactNode,
  Suspense,
  useEffect,
  useRef,
  useState,
} from "react";

import { DOCK_WIDTH } from "../../settings/settings";
import { IconButton } from "../../ui/button";
import { useSettings } from "../../ui/hooks";
import { fetchPart } from "../../ui/part";
import { Splitter } from "../../ui/splitter";
import { strings } from "../../words";
import { commands } from "../commands";
import { useController, useDock } from "../context";
import type { DockTab } from "../model/dock";
import { tabName } from "./tab-name";

const words = strings.dock;

const TerminalTab = lazy(() => fetchPart(() => import("../panes/terminal/terminal-tab")));
const FileTab = lazy(() => fetchPart(() => import("../panes/files/file-tab")));

export default function Dock() {
  const { settings, dock } = useController();
  const { width } = useSettings().dock;
  const open = useDock((state) => state.open);
  const tabs = useDock((state) => state.tabs);
  const active = useDock((state) => state.active);
  const shown = useShownTabs(tabs, active);
  return (
    <aside
      className="dock"
      aria-label={words.label}
      style={{ ["--dock-width" as string]: `${width}px` }}
      hidden={!open}
    >
      <header className="dock-head">
        <TabList tabs={tabs} active={active} />
        <HeadButtons />
      </header>
      <div className="dock-body">
        {shown.map((tab) => (
          <TabPanel key={tab.id} tab={tab} active={open && tab.id === active} />
        ))}
      </div>
      <Splitter
        label={words.width}
        width={width}
        least={DOCK_WIDTH.least}
        most={DOCK_WIDTH.most}
        side="left"
        onChange={(wanted) => settings.change({ dock: { width: wanted } })}
      />
      <CloseOnEmpty dock={dock} empty={tabs.length === 0} />
    </aside>
  );
}

/** Tabs that are there and have been shown, in the order in which they were. */
function useShownTabs(tabs: readonly DockTab[], active: string | null): readonly DockTab[] {
  const [seen, setSeen] = useState<readonly string[]>([]);
  if (active !== null && !seen.includes(active)) setSeen([...seen, active]);
  return seen.flatMap((id) => tabs.find((tab) => tab.id === id) ?? []);
}

function CloseOnEmpty({ dock, empty }: { readonly dock: { setOpen(open: boolean): void }; readonly empty: boolean }) {
  useEffect(() => {
    if (empty) dock.setOpen(false);
  }, [dock, empty]);
  return null;
}

function HeadButtons() {
  const controller = useController();
  const more = commands.can("terminal.new", controller);
  return (
    <div className="dock-buttons">
      <IconButton
        icon={Plus}
        label={strings.terminal.make}
        disabled={!more}
        onClick={() => commands.run("terminal.new", controller)}
      />
      <IconButton icon={PanelRightClose} label={words.hide} onClick={() => controller.dock.setOpen(false)} />
    </div>
  );
}

interface TabListProps {
  readonly tabs: readonly DockTab[];
  readonly active: string | null;
}

function TabList({ tabs, active }: TabListProps) {
  const { dock, shell } = useController();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [active, tabs]);
  const close = (tab: DockTab) => shell.openDialog("close-tab", tab);
  const keys = (event: KeyboardEvent, at: number) => {
    const tab = tabs[at];
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step === undefined ? undefined : tabs[(at + step + tabs.length) % tabs.length];
    if (next !== undefined) {
      dock.select(next.id);
      document.getElementById(tabId(next))?.focus();
    } else if (event.key === "Delete" && tab !== undefined) close(tab);
    else return;
    event.preventDefault();
  };
  return (
    <div className="dock-tabs" role="tablist" aria-label={words.label} ref={list} data-own-keys>
      {tabs.map((tab, at) => (
        <Tab
          key={tab.id}
          tab={tab}
          chosen={tab.id === active}
          onKeyDown={(event) => keys(event, at)}
          onClose={() => close(tab)}
        />
      ))}
    </div>
  );
}

const tabId = ({ id }: DockTab) => `dock-tab ${id}`.replaceAll(/\s/g, "-");
const panelId = ({ id }: DockTab) => `dock-panel ${id}`.replaceAll(/\s/g, "-");

interface TabProps {
  readonly tab: DockTab;
  readonly chosen: boolean;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onClose: () => void;
}

function Tab({ tab, chosen, onKeyDown, onClose }: TabProps) {
  const { dock } = useController();
  const dirty = useDock((state) => state.dirty.has(tab.id));
  const name = tabName(tab);
  const closeByHand = (event: MouseEvent) => {
    event.stopPropagation();
    onClose();
  };
  return (
    <div
      id={tabId(tab)}
      role="tab"
      className={chosen ? "dock-tab chosen" : "dock-tab"}
      aria-selected={chosen}
      aria-controls={panelId(tab)}
      aria-label={dirty ? `${name}, ${words.unsaved}` : name}
      aria-keyshortcuts="Delete"
      title={tab.kind === "file" ? tab.path : name}
      tabIndex={chosen ? 0 : -1}
      onClick={() => dock.activate(tab.id)}
      onAuxClick={(event) => event.button === 1 && closeByHand(event)}
      onKeyDown={onKeyDown}
    >
      {dirty && <span className="dock-dirty" aria-hidden />}
      <span className="dock-name">{name}</span>
      {/* For hands and fingers; by keyboard it is Delete, or the command. */}
      <span className="dock-close" aria-hidden title={words.closeTab} onClick={closeByHand}>
        <X />
      </span>
    </div>
  );
}

function TabPanel({ tab, active }: { readonly tab: DockTab; readonly active: boolean }): ReactNode {
  return (
    <div id={panelId(tab)} className="dock-panel" role="tabpanel" aria-labelledby={tabId(tab)} hidden={!active}>
      <Suspense fallback={<p className="pane-note">{strings.loading}</p>}>
        {tab.kind === "terminal" ? <TerminalTab tab={tab} active={active} /> : <FileTab tab={tab} active={active} />}
      </Suspense>
    </div>
  );
}
