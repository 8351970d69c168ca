/** The dialogs of the notebook page, by the names that commands open them with. Larger ones are fetched when needed. */
import { lazy, type ReactNode, Suspense } from "react";

import { Button } from "../../ui/button";
import { Ask, Confirm, Dialog } from "../../ui/dialog";
import { fetchPart } from "../../ui/part";
import { strings } from "../../words";
import { useController, useMay, useShell, useSummary } from "../context";
import { useName } from "./name";

const Palette = lazy(() => fetchPart(() => import("./palette")));
const SettingsDialog = lazy(() => fetchPart(() => import("./settings-dialog")));
const MetadataDialog = lazy(() => fetchPart(() => import("./metadata-dialog")));
const ShareDialog = lazy(() => fetchPart(() => import("./share-dialog")));
const AskDialog = lazy(() => fetchPart(() => import("./ask-dialog")));
const RunDialog = lazy(() => fetchPart(() => import("./run-dialog")));
const CloseTab = lazy(() => fetchPart(() => import("../dock/close-tab")));
const FilesDialog = lazy(() => fetchPart(() => import("../panes/files/files-dialog")));
const AboutDialog = lazy(() => fetchPart(() => import("./about-dialog")));
const LogDialog = lazy(() => fetchPart(() => import("../outputs/log/log-dialog")));
const TableDialog = lazy(() => fetchPart(() => import("../values/table-dialog")));
const OutputDialog = lazy(() => fetchPart(() => import("../outputs/output-dialog")));

const RevisionsDialog = lazy(() => fetchPart(() => import("../revisions/revisions-dialog")));
const CompareDialog = lazy(() => fetchPart(() => import("../revisions/compare-dialog")));
const PinDialog = lazy(() => fetchPart(() => import("../revisions/pin-dialog")));

export interface DialogProps {
  readonly about: unknown;
  readonly onClose: () => void;
}

const dialogs: Readonly<Record<string, (props: DialogProps) => ReactNode>> = {
  palette: (props) => <Palette {...props} />,
  settings: (props) => <SettingsDialog {...props} />,
  metadata: (props) => <MetadataDialog {...props} />,
  log: (props) => <LogDialog {...props} />,
  value: (props) => <TableDialog {...props} />,
  output: (props) => <OutputDialog {...props} />,
  share: (props) => <ShareDialog {...props} />,
  ask: (props) => <AskDialog {...props} />,
  "run-trust": (props) => <RunDialog {...props} />,
  about: (props) => <AboutDialog {...props} />,
  files: (props) => <FilesDialog {...props} />,
  "close-tab": (props) => <CloseTab {...props} />,
  revisions: (props) => <RevisionsDialog {...props} />,
  compare: (props) => <CompareDialog {...props} />,
  "pin-revision": (props) => <PinDialog {...props} />,
  rename: (props) => <Rename {...props} />,
  "open-address": (props) => <OpenAddress {...props} />,
  dropped: (props) => <Dropped {...props} />,
  delete: (props) => <Delete {...props} />,
  restart: (props) => <Restart {...props} />,
  "restart-run-all": (props) => <Restart {...props} runAll />,
  disconnect: (props) => <Disconnect {...props} />,
};

export function Dialogs() {
  const { shell } = useController();
  const dialog = useShell((state) => state.dialog);
  if (dialog === null) return null;
  const close = () => shell.closeDialog();
  return <Suspense fallback={<Opening />}>{dialogs[dialog.name]?.({ about: dialog.about, onClose: close })}</Suspense>;
}

/** Said when it takes a while. */
function Opening() {
  return (
    <div className="dialog-ground opening" role="status">
      {strings.loading}
    </div>
  );
}

function Rename({ onClose }: DialogProps) {
  const { name, rename } = useName();
  return (
    <Ask
      title={strings.list.renameTitle}
      label={strings.list.name}
      value={name ?? ""}
      action={strings.rename}
      onAnswer={rename}
      onClose={onClose}
    />
  );
}

function OpenAddress({ onClose }: DialogProps) {
  const { files } = useController();
  const words = strings.files;
  return (
    <Ask
      title={words.addressTitle}
      label={words.addressLabel}
      value=""
      hint={words.addressLabel}
      action={words.addressOpen}
      onAnswer={(where) => files.openAddress(where)}
      onClose={onClose}
    />
  );
}

/** A notebook was dropped onto the page. */
function Dropped({ about, onClose }: DialogProps) {
  const { files } = useController();
  const editable = useMay("edit");
  const words = strings.files;
  if (!(about instanceof File)) return null;
  const choose = (act: () => void) => () => {
    onClose();
    act();
  };
  return (
    <Dialog title={words.droppedTitle(about.name)} onClose={onClose}>
      <p>{words.droppedDetail}</p>
      <div className="actions">
        <Button look="outlined" onClick={onClose}>
          {strings.cancel}
        </Button>
        <Button look="outlined" onClick={choose(() => files.openFile(about))}>
          {words.droppedOpen}
        </Button>
        {editable && (
          <Button look="primary" onClick={choose(() => files.insertFile(about))}>
            {words.droppedInsert}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function Delete({ onClose }: DialogProps) {
  const { files } = useController();
  const { name } = useName();
  return (
    <Confirm
      title={strings.shell.deleteTitle(name ?? strings.notebook.untitled)}
      detail={strings.list.removeDetail}
      action={strings.remove}
      onConfirm={() => files.delete()}
      onClose={onClose}
    />
  );
}

function Restart({ onClose, runAll = false }: DialogProps & { readonly runAll?: boolean }) {
  const { running } = useController();
  const { queue } = useSummary();
  const words = strings.notebook;
  return (
    <Confirm
      title={words.restartTitle}
      detail={words.restartDetail(queue.running !== null, queue.waiting.length)}
      action={runAll ? strings.commands.restartRunAll : words.restart}
      onConfirm={() => (runAll ? running.restartAndRunAll() : running.restart())}
      onClose={onClose}
    />
  );
}

function Disconnect({ onClose }: DialogProps) {
  const { running } = useController();
  const words = strings.runtime;
  return (
    <Confirm
      title={words.disconnectTitle}
      detail={words.disconnectDetail}
      action={words.disconnect}
      onConfirm={() => running.disconnect()}
      onClose={onClose}
    />
  );
}
