/** The menu of what can be made: notebooks, folders, uploads. */
import { FilePlus2, FolderPlus, FolderUp, LayoutTemplate, Link, NotebookPen, Plus, Upload } from "lucide-react";
import { type ReactNode, useRef } from "react";

import { fromInput } from "../ui/picked";
import { Menu, type MenuGroups } from "../ui/menu";
import { strings } from "../words";
import { useDrive } from "./context";

const words = strings.drive;

/** Chooses files or a folder; the fields must stand in the page. */
export function usePickers() {
  const { desk, uploading } = useDrive();
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const field = (ref: typeof files, whole: boolean) => (
    <input
      ref={ref}
      type="file"
      hidden
      multiple
      aria-label={whole ? words.uploadFolder : words.uploadFiles}
      {...(whole && { webkitdirectory: "" })}
      onChange={({ currentTarget }) => {
        const picked = fromInput(currentTarget.files);
        currentTarget.value = "";
        void uploading.add(picked, desk.folder);
      }}
    />
  );
  return {
    pickFiles: () => files.current?.click(),
    pickFolder: () => folder.current?.click(),
    fields: (
      <>
        {field(files, false)}
        {field(folder, true)}
      </>
    ),
  };
}

export function NewMenu({ className, children }: { readonly className: string; readonly children?: ReactNode }) {
  const { desk, deeds } = useDrive();
  const { pickFiles, pickFolder, fields } = usePickers();
  const groups: MenuGroups = [
    [
      { id: "notebook", title: words.notebook, icon: NotebookPen, run: () => void deeds.makeNotebook() },
      {
        id: "template",
        title: words.fromTemplate,
        icon: LayoutTemplate,
        run: () => desk.question.become({ t: "templates" }),
      },
      { id: "address", title: words.fromAddress, icon: Link, run: () => desk.question.become({ t: "from-address" }) },
    ],
    [
      { id: "folder", title: words.folder, icon: FolderPlus, run: () => desk.question.become({ t: "new-folder" }) },
      { id: "files", title: words.uploadFiles, icon: Upload, run: pickFiles },
      { id: "upload-folder", title: words.uploadFolder, icon: FolderUp, run: pickFolder },
    ],
  ];
  return (
    <>
      <Menu label={words.make} {...(children === undefined && { icon: Plus })} groups={groups} className={className}>
        {children}
      </Menu>
      {fields}
    </>
  );
}

/** What Home begins with. */
export function Beginnings() {
  const { desk, deeds } = useDrive();
  const { pickFiles, fields } = usePickers();
  const ways = [
    { title: words.newNotebook, icon: FilePlus2, run: () => void deeds.makeNotebook() },
    { title: words.uploadFiles, icon: Upload, run: pickFiles },
    { title: words.fromTemplate, icon: LayoutTemplate, run: () => desk.question.become({ t: "templates" }) },
    { title: words.fromAddress, icon: Link, run: () => desk.question.become({ t: "from-address" }) },
  ];
  return (
    <div className="beginnings">
      {ways.map(({ title, icon: Icon, run }) => (
        <button key={title} type="button" className="beginning" onClick={run}>
          <Icon aria-hidden />
          {title}
        </button>
      ))}
      {fields}
    </div>
  );
}
