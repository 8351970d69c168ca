import type { DockTab } from "../../model/dock";

export default function FileTab(props: { readonly tab: Extract<DockTab, { kind: "file" }>; readonly active: boolean }) {
  return <p>{props.tab.path}</p>;
}
