/** A file, looked at without opening it: one at a time, with the next and the one before. Nothing of it runs in this page. */
import "./preview.css";

import { ChevronLeft, ChevronRight, Download, ExternalLink, X } from "lucide-react";
import type { KeyboardEvent } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";

import type { Item } from "../../net/drive-rest";
import { shownName } from "../../notebook/model/file-names";
import { IconButton } from "../../ui/button";
import { strings } from "../../words";
import { useDrive, useListing } from "../context";
import { FaceIcon } from "../face";
import { addressOfItem } from "../model/deeds";
import { lookOf } from "../model/files";
import { only } from "../model/selection";
import { Media, Picture, Unknown } from "./media";
import { PdfFile } from "./pdf-file";
import { NotebookText, TableText, PlainText } from "./texts";

const words = strings.drive;

interface PreviewProps {
  readonly id: string;
  readonly onClose: () => void;
}

export default function Preview({ id, onClose }: PreviewProps) {
  const { desk, deeds } = useDrive();
  const { items } = useListing();
  const shown = items.filter(({ kind }) => kind === "file" || kind === "notebook");
  const at = shown.findIndex((item) => item.id === id);
  const item = shown[at];
  if (item === undefined) return null;
  const go = (by: number) => {
    const next = shown[at + by];
    if (next === undefined) return;
    desk.selection.become(only(next.id));
    desk.question.become({ t: "preview", id: next.id });
  };
  const keys = (event: KeyboardEvent) => {
    const scrolls = event.target instanceof Element && event.target.closest("audio, video, [data-scrolls]") !== null;
    if (event.key === "ArrowLeft" && !scrolls) go(-1);
    else if (event.key === "ArrowRight" && !scrolls) go(1);
    else if (event.key === " " && !(event.target instanceof HTMLButtonElement) && !scrolls) onClose();
    else return;
    event.preventDefault();
  };
  return (
    <ModalOverlay
      className="dialog-ground preview-ground"
      isOpen
      isDismissable
      onOpenChange={(open) => !open && onClose()}
    >
      <Modal className="preview">
        <AriaDialog className="preview-body">
          {/* What is in it is not handled by the page's keys. */}
          <div className="preview-inside" onKeyDown={keys}>
            <header className="preview-head">
              <FaceIcon item={item} />
              <Heading slot="title">
                <bdi>{shownName(item.name)}</bdi>
              </Heading>
              <IconButton icon={ChevronLeft} label={words.previous} disabled={at === 0} onClick={() => go(-1)} />
              <IconButton
                icon={ChevronRight}
                label={words.next}
                disabled={at === shown.length - 1}
                onClick={() => go(1)}
              />
              {addressOfItem(item) !== null && item.binned_at === null && (
                <IconButton icon={ExternalLink} label={words.open} onClick={() => deeds.open(item)} />
              )}
              <IconButton icon={Download} label={words.download} onClick={() => deeds.download([item])} />
              <IconButton icon={X} label={strings.close} autoFocus onClick={onClose} />
            </header>
            <div key={`${item.id} ${item.version}`} className="preview-content">
              <Content item={item} />
            </div>
          </div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

function Content({ item }: { readonly item: Item }) {
  switch (lookOf(item)) {
    case "notebook":
      return <NotebookText item={item} />;
    case "image":
      return <Picture item={item} />;
    case "audio":
    case "video":
      return <Media item={item} />;
    case "pdf":
      return <PdfFile item={item} />;
    case "table":
      return <TableText item={item} />;
    case "text":
      return <PlainText item={item} />;
    case "unknown":
      return <Unknown item={item} />;
  }
}
