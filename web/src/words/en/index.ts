/** The English catalogue; its shape is that of every other. */
import { aside } from "./aside";
import { broken } from "./broken";
import { cell } from "./cell";
import { common } from "./common";
import { list } from "./list";
import { loss } from "./loss";
import { notebook } from "./notebook";
import { output } from "./output";
import { runtime } from "./runtime";
import { saved } from "./saved";
import { status } from "./status";
import { time } from "./time";

export const en = {
  locale: "en",
  ...common,
  aside,
  broken,
  cell,
  list,
  loss,
  notebook,
  output,
  runtime,
  saved,
  status,
  time,
};

export type Words = typeof en;
