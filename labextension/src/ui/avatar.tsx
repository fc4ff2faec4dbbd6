import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Author } from "../protocol";

/** Who a person is, at a glance: their picture, else their initials in their colour. */
export function Avatar({ author }: { readonly author: Author }): VNode {
  const [broken, setBroken] = useState(false);
  const picture = broken ? null : pictureOf(author, document.baseURI);
  return (
    <span
      class="jp-Chatcore-avatar"
      aria-hidden="true"
      style={author.color ? { borderColor: author.color } : undefined}
    >
      {picture ? (
        <img
          src={picture}
          alt=""
          referrerpolicy="no-referrer"
          loading="lazy"
          onError={() => setBroken(true)}
        />
      ) : (
        initialsOf(author)
      )}
    </span>
  );
}

/** The picture's address: one of this server, or over HTTPS; null where it has none such. */
export function pictureOf({ avatar_url }: Author, page: string): string | null {
  if (!avatar_url || !URL.canParse(avatar_url, page)) return null;
  const url = new URL(avatar_url, page);
  // who is logged in at the picture's place is nobody's business
  url.username = url.password = "";
  const near = url.origin === new URL(page).origin && url.protocol.startsWith("http");
  return near || url.protocol === "https:" ? url.href : null;
}

/** Two letters at the most: those given, else those that the names begin with. */
export function initialsOf({ initials, name, username }: Author): string {
  if (initials) return initials.slice(0, 2);
  const words = (name || username).split(/\s+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map((word) => [...(word ?? "")][0]?.toUpperCase() ?? "").join("");
}
