/** A command of the notebook page, and the conditions that many of them share. */
import type { Command } from "../../commands/command";
import type { NotebookController } from "../controller";

export type NotebookCommand = Command<NotebookController>;

export const isOpen = ({ book }: NotebookController): boolean => book !== null;
export const hasCell = ({ cell }: NotebookController): boolean => cell !== null;
export const hasCode = ({ cell }: NotebookController): boolean => cell?.type === "code";
/** The cell in focus can be written in now. */
export const hasEditor = ({ cell, editor }: NotebookController): boolean => editor.of(cell?.id ?? null) !== null;
export const hasKernel = ({ session }: NotebookController): boolean => session.runs.summary().kernel !== null;
export const isBusy = ({ session }: NotebookController): boolean => session.runs.summary().queue.running !== null;
