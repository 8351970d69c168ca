/** The English catalogue; its shape is that of every other. */
import { account } from "./account";
import { admin } from "./admin";
import { aside } from "./aside";
import { audit } from "./audit";
import { away } from "./away";
import { broken } from "./broken";
import { cell } from "./cell";
import { commands } from "./commands";
import { comments } from "./comments";
import { door } from "./door";
import { drive } from "./drive";
import { editor } from "./editor";
import { dock } from "./dock";
import { files } from "./files";
import { forms } from "./forms";
import { find } from "./find";
import { common } from "./common";
import { json } from "./json";
import { frame } from "./frame";
import { list } from "./list";
import { log } from "./log";
import { loss } from "./loss";
import { menus } from "./menus";
import { notebook } from "./notebook";
import { output } from "./output";
import { people } from "./people";
import { revisions } from "./revisions";
import { runtime } from "./runtime";
import { runtimePane } from "./runtime-pane";
import { runtimeFiles } from "./runtime-files";
import { said } from "./said";
import { saved } from "./saved";
import { share } from "./share";
import { sections } from "./sections";
import { shell } from "./shell";
import { status } from "./status";
import { terminal } from "./terminal";
import { text } from "./text";
import { table } from "./table";
import { time } from "./time";
import { traceback } from "./traceback";
import { values } from "./values";

export const en = {
  locale: "en",
  ...common,
  account,
  admin,
  aside,
  audit,
  away,
  broken,
  cell,
  commands,
  comments,
  door,
  drive,
  editor,
  dock,
  files,
  json,
  forms,
  frame,
  find,
  list,
  log,
  loss,
  menus,
  notebook,
  output,
  people,
  revisions,
  runtime,
  runtimePane,
  runtimeFiles,
  said,
  saved,
  share,
  sections,
  shell,
  status,
  terminal,
  text,
  table,
  time,
  traceback,
  values,
};

export type Words = typeof en;
