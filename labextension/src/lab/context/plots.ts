/** The pictures that a cell shows, as files that can go along with a message. */
import type { JsonObject } from "../../protocol";
import type { Offer } from "../../ui/offers";
import { t } from "../../words";
import { type CellView, nameOf } from "./pieces";

const ENDINGS = { "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp" } as const;
type Mime = keyof typeof ENDINGS;

interface Picture {
  readonly mime: Mime;
  readonly base64: string;
}

/** An offer for each picture of a cell, which is kept whole; a model is sent what it can take. */
export function plotsOf(cell: CellView): Offer[] {
  const pictures = cell.outputs.flatMap(({ data }) => pictureIn((data ?? {}) as JsonObject));
  return pictures.map((picture, index) => {
    const place = cell.count ?? 0;
    const name = pictures.length > 1 ? `plot${place}.${index + 1}` : `plot${place}`;
    return {
      kind: "picture",
      token: `@${name}`,
      label: name,
      detail: t("the picture of %1", nameOf(cell)),
      file: async () => fileOf(name, picture),
    };
  });
}

/** The first form of an output that is a picture: a bundle has the same in several. */
function pictureIn(data: JsonObject): Picture[] {
  for (const mime of Object.keys(ENDINGS) as Mime[]) {
    const base64 = data[mime];
    if (typeof base64 === "string") return [{ mime, base64 }];
  }
  return [];
}

function fileOf(name: string, { mime, base64 }: Picture): File {
  // notebook files break it into lines
  const letters = atob(base64.replace(/\s/g, ""));
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  return new File([bytes], `${name}.${ENDINGS[mime]}`, { type: mime });
}
