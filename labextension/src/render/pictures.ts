/** How large a picture is, read from its first bytes: known before it is decoded. */

const BASE64 = /^data:image\/(png|gif);base64,/i;
/** So much of the text holds what is needed of either format. */
const HEAD = 32;

/** Width and height in pixels of a `data:` address; null where its text does not tell. */
export function sizeOf(address: string): readonly [width: number, height: number] | null {
  const [prefix, kind] = BASE64.exec(address.slice(0, HEAD)) ?? [];
  if (prefix === undefined) return null;
  const bytes = bytesOf(address.slice(prefix.length, prefix.length + HEAD));
  if (!bytes) return null;
  const size =
    kind?.toLowerCase() === "png"
      ? ([bytes.getUint32(16), bytes.getUint32(20)] as const)
      : ([bytes.getUint16(6, true), bytes.getUint16(8, true)] as const);
  return size[0] > 0 && size[1] > 0 ? size : null;
}

function bytesOf(base64: string): DataView | null {
  if (base64.length < HEAD) return null;
  try {
    const text = atob(base64);
    return new DataView(Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
  } catch {
    // no base64 after all: such a picture shows nothing anyway
    return null;
  }
}
