import type { Cell } from "@jupyterlab/cells";
import { CodeCell } from "@jupyterlab/cells";
import { t } from "../words";
import { type CellError, errorQuestion, languageOf } from "./quoting";

/** The last error among a cell's outputs, null where it has none. */
export function errorOf(cell: Cell | null | undefined): CellError | null {
  if (!(cell instanceof CodeCell)) return null;
  const { outputs } = cell.model;
  for (let index = outputs.length - 1; index >= 0; index--) {
    const output = outputs.get(index).toJSON();
    if (output.output_type === "error") return output as unknown as CellError;
  }
  return null;
}

/** Asks for help with a cell's error. */
export function questionAbout(cell: Cell, error: CellError): string {
  const { sharedModel, mimeType } = cell.model;
  const ask = t("Explain this error, and how to fix it.");
  return errorQuestion(ask, sharedModel.getSource(), languageOf(mimeType), error);
}
