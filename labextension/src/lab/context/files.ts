import type { Server } from "../../server";
import type { FileSource } from "../../ui/host";

interface Listed {
  readonly content: readonly {
    readonly name: string;
    readonly path: string;
    readonly type: string;
  }[];
}

/** The files of the page's server, as its contents API has them. */
export function filesOf(server: Server): FileSource {
  return {
    list: async (folder, signal) => {
      const path = `api/contents/${encoded(folder)}?type=directory&content=1`;
      const { content } = await server.json<Listed>("GET", path, signal);
      return content.map(({ name, path, type }) => ({ name, path, folder: type === "directory" }));
    },
    open: async (path) => {
      const url = `files/${encoded(path)}`;
      const { blob } = await server.download(url, new AbortController().signal);
      return new File([blob], path.split("/").at(-1) ?? path, { type: blob.type });
    },
  };
}

function encoded(path: string): string {
  return path.split("/").filter(Boolean).map(encodeURIComponent).join("/");
}
