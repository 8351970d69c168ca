/** The sign of an item in lists: what kind it is. The name beside it says the rest. */
import {
  Box,
  File,
  FileArchive,
  FileCode,
  FileMusic,
  FileText,
  FileType,
  Film,
  Folder,
  Image,
  type LucideIcon,
  NotebookText,
  Table2,
} from "lucide-react";

import type { Item } from "../net/drive-rest";
import { type Face, faceOf } from "./model/files";

const ICONS: Readonly<Record<Face, LucideIcon>> = {
  folder: Folder,
  notebook: NotebookText,
  image: Image,
  video: Film,
  audio: FileMusic,
  table: Table2,
  text: FileText,
  code: FileCode,
  archive: FileArchive,
  pdf: FileType,
  file: File,
  other: Box,
};

export function FaceIcon({ item }: { readonly item: Pick<Item, "kind" | "name"> }) {
  const face = faceOf(item);
  const Icon = ICONS[face];
  return <Icon className={`face face-${face}`} aria-hidden />;
}
