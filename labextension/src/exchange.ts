/** Chats as files: what a browser does to save one, and to take one in. */
import type { ImportResult } from "./protocol";
import { query, type Server } from "./server";
import type { Download, Progress } from "./transport";
import { t, tn } from "./words";

/** How long a browser may take to begin to save what it was given. */
const SAVING_MS = 60_000;

/** The names that files of chats end with, as a browser's picker takes them. */
export const IMPORTED = ".jsonl,.chat,.json,.zip";

/** Has the browser save a file. */
export function save({ name, blob }: Download, page: Document = document): void {
  const url = URL.createObjectURL(blob);
  const link = page.createElement("a");
  link.href = url;
  link.download = name;
  // outside of the page's text, and gone at once
  link.hidden = true;
  page.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), SAVING_MS);
}

/** The files of chats that the user picks; none where they think better of it. */
export function pickFiles(signal: AbortSignal, page: Document = document): Promise<File[]> {
  const input = page.createElement("input");
  input.type = "file";
  input.accept = IMPORTED;
  input.multiple = true;
  input.hidden = true;
  // a browser may forget an input that is in no page
  page.body.append(input);
  return new Promise<File[]>((resolve) => {
    const done = (): void => {
      resolve([...(input.files ?? [])]);
      input.remove();
    };
    for (const end of ["change", "cancel"]) input.addEventListener(end, done, { once: true });
    signal.addEventListener("abort", done, { once: true });
    if (signal.aborted) done();
    else input.click();
  });
}

/** Imports the chats of a file; doing it again makes no second ones. Throws RequestError. */
export function importFile(
  server: Pick<Server, "send">,
  file: File,
  signal: AbortSignal,
  progress?: Progress,
): Promise<ImportResult> {
  const path = `chatcore/import?${query({ name: file.name })}`;
  return server.send<ImportResult>(path, file, signal, progress);
}

/** What an import brought, in words. */
export function told({ made, known, messages }: ImportResult): string {
  const fresh = tn("%1 chat imported", "%1 chats imported", made);
  const rest = tn("%1 was here before", "%1 were here before", known);
  const more = tn("%1 new message", "%1 new messages", messages);
  if (made === 0 && messages === 0) return t("Nothing new: these chats were imported before.");
  if (made === 0) return t("%1 in chats that were imported before.", more);
  return known === 0 ? t("%1, %2.", fresh, more) : t("%1, %2; %3.", fresh, more, rest);
}

/** Several imports as one. */
export function together(results: readonly ImportResult[]): ImportResult {
  return {
    sessions: results.flatMap((result) => result.sessions),
    made: sum(results.map((result) => result.made)),
    known: sum(results.map((result) => result.known)),
    messages: sum(results.map((result) => result.messages)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
