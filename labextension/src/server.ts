/** The Jupyter server of the page: where it is, and requests that it accepts. */
import type { ErrorBody } from "./protocol";
import { RequestError } from "./transport";

const TIMEOUT_MS = 30_000;
/** A clock that is off by less is right: the server tells its time in whole seconds. */
const SAME_MS = 2_000;

const WHAT_TO_DO: Readonly<Record<number, string>> = {
  401: "You are signed out. Sign in to Jupyter again in this browser, then try again.",
  403: "The server refused this browser. Sign in to Jupyter again, then try again.",
  404: "The server has no chat. Is jupyter_chatcore installed and enabled where Jupyter runs?",
  413: "This is too large to send.",
  429: "Too many requests; waiting a moment.",
  502: "The way to the Jupyter server is broken; it may be starting.",
  503: "The Jupyter server is not ready.",
  504: "The Jupyter server did not answer in time.",
};

/** Where the server is and how it knows us. */
export interface ServerSettings {
  /** Ends with a slash: `https://host/user/me/`. */
  readonly baseUrl: string;
  /** "" where cookies do it. */
  readonly token: string;
}

/** The server of this page. Throws where the page is not a Jupyter server's. */
export function pageServer(page: Document = document): ServerSettings {
  const config = page.getElementById("jupyter-config-data")?.textContent;
  if (!config) {
    throw new Error(
      "This page does not come from a Jupyter server, so the chat cannot reach one. " +
        "Open the notebook in JupyterLab or Notebook 7.",
    );
  }
  const { baseUrl = "/", token = "" }: { baseUrl?: string; token?: string } = JSON.parse(config);
  const url = new URL(baseUrl, page.baseURI);
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return { baseUrl: url.origin + url.pathname, token };
}

/** A Jupyter server, by paths below its base URL. */
export class Server {
  private ahead = 0;

  constructor(readonly settings: ServerSettings) {}

  /** The address of a path, for `http` or for `ws`. */
  url(path: string, scheme: "http" | "ws" = "http"): string {
    const url = this.settings.baseUrl + path;
    return scheme === "ws" ? url.replace(/^http/, "ws") : url;
  }

  /** The server's clock, by its last answer: a browser's own may be wrong by hours. */
  now(): number {
    return Date.now() + this.ahead;
  }

  /** The JSON that the server answers. Throws RequestError. */
  async json<T>(method: string, path: string, signal: AbortSignal, body?: unknown): Promise<T> {
    const response = await this.fetch(method, path, signal, body);
    try {
      return (await response.json()) as T;
    } catch (error) {
      if (signal.aborted) throw error;
      throw new RequestError(0, "no_json", "The server's answer was cut off or is not a chat's.");
    }
  }

  private async fetch(
    method: string,
    path: string,
    signal: AbortSignal,
    body: unknown,
  ): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(this.url(path), {
        method,
        headers: this.headers(body !== undefined),
        credentials: "same-origin",
        cache: "no-store",
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      if (signal.aborted) throw error;
      throw new RequestError(0, "unreachable", "The Jupyter server cannot be reached.");
    }
    this.ahead = ahead(response.headers.get("Date"));
    if (!response.ok) throw await refusal(response);
    return response;
  }

  private headers(hasBody: boolean): Record<string, string> {
    const xsrf = cookie("_xsrf");
    return {
      Accept: "application/json",
      ...(hasBody ? { "Content-Type": "application/json" } : {}),
      ...(xsrf ? { "X-XSRFToken": xsrf } : {}),
      ...(this.settings.token ? { Authorization: `token ${this.settings.token}` } : {}),
    };
  }
}

/** How many milliseconds a clock that shows this date goes before ours. */
function ahead(date: string | null): number {
  const off = Date.parse(date ?? "") - Date.now();
  return Number.isNaN(off) || Math.abs(off) < SAME_MS ? 0 : off;
}

function cookie(name: string): string | null {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? found.slice(name.length + 1) : null;
}

async function refusal(response: Response): Promise<RequestError> {
  const body = await response.text().then(readError, () => null);
  const retry = Number(response.headers.get("Retry-After") ?? Number.NaN);
  const fallback = WHAT_TO_DO[response.status] ?? `The server answered ${response.status}.`;
  return new RequestError(
    response.status,
    body?.code ?? "http",
    body?.code ? body.message : fallback,
    Number.isFinite(retry) ? retry : null,
  );
}

/** Our own error body; Jupyter's others have no `code`, and texts not meant for people. */
function readError(text: string): ErrorBody | null {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null && "code" in body ? (body as ErrorBody) : null;
  } catch {
    return null;
  }
}
