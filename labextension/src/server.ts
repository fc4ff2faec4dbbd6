/** The Jupyter server of the page: where it is, and requests that it accepts. */
import type { ErrorBody } from "./protocol";
import { type Download, type Progress, RequestError } from "./transport";

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
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = body === undefined ? {} : { "Content-Type": "application/json" };
    const late = AbortSignal.timeout(TIMEOUT_MS);
    // what is deleted as the page goes away is deleted
    const init = { method, keepalive: method === "DELETE", ...json };
    return decoded(await this.fetch(init, path, headers, signal, late), signal);
  }

  /** The JSON that the server answers to a file, however long that takes. Throws RequestError. */
  async send<T>(path: string, file: File, signal: AbortSignal, progress?: Progress): Promise<T> {
    const headers = { ...this.headers(), "Content-Type": file.type || "application/octet-stream" };
    const response = await posted(this.url(path), file, headers, signal, progress);
    if (!response.ok) throw await refusal(response);
    return decoded(response, signal);
  }

  /** The file that the server answers with, whole. Throws RequestError. */
  async download(path: string, signal: AbortSignal): Promise<Download> {
    const response = await this.fetch({ method: "GET" }, path, {}, signal);
    try {
      const name = nameIn(response.headers.get("Content-Disposition"));
      return { name, blob: await response.blob() };
    } catch (error) {
      if (signal.aborted) throw error;
      throw new RequestError(0, "cut_off", "The file was cut off on its way. Try again.");
    }
  }

  private async fetch(
    init: RequestInit,
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
    late?: AbortSignal,
  ): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(this.url(path), {
        ...init,
        headers: { ...this.headers(), ...headers },
        credentials: "same-origin",
        cache: "no-store",
        signal: late ? AbortSignal.any([signal, late]) : signal,
      });
    } catch (error) {
      if (signal.aborted) throw error;
      throw unreachable();
    }
    this.ahead = ahead(response.headers.get("Date"));
    if (!response.ok) throw await refusal(response);
    return response;
  }

  private headers(): Record<string, string> {
    const xsrf = cookie("_xsrf");
    return {
      Accept: "application/json",
      ...(xsrf ? { "X-XSRFToken": xsrf } : {}),
      ...(this.settings.token ? { Authorization: `token ${this.settings.token}` } : {}),
    };
  }
}

function unreachable(): RequestError {
  return new RequestError(0, "unreachable", "The Jupyter server cannot be reached.");
}

/** Posts a file; only the old kind of request tells how much of it has gone out. */
function posted(
  url: string,
  file: File,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
  progress?: Progress,
): Promise<Response> {
  const request = new XMLHttpRequest();
  const abort = (): void => request.abort();
  const sent = new Promise<Response>((resolve, reject) => {
    request.open("POST", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => progress?.(loaded / (total || 1));
    request.onload = () =>
      resolve(new Response(request.responseText || null, { status: request.status }));
    request.onerror = () => reject(unreachable());
    request.onabort = () => reject(signal.reason);
    signal.addEventListener("abort", abort);
    if (signal.aborted) reject(signal.reason);
    else request.send(file);
  });
  return sent.finally(() => signal.removeEventListener("abort", abort));
}

/** The name in a `Content-Disposition` (RFC 6266); "" where it has none. */
function nameIn(header: string | null): string {
  const encoded = /filename\*=UTF-8''([^;\s]+)/i.exec(header ?? "")?.[1];
  try {
    if (encoded) return decodeURIComponent(encoded);
  } catch {
    // what follows is for whoever encoded it otherwise
  }
  return /filename="([^"]*)"/i.exec(header ?? "")?.[1] ?? "";
}

/** The query's text; what is undefined is left out. */
export function query(values: object): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

/** The answer's JSON; undefined where it has none. */
async function decoded<T>(response: Response, signal: AbortSignal): Promise<T> {
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch (error) {
    if (signal.aborted) throw error;
    throw new RequestError(0, "no_json", "The server's answer was cut off or is not a chat's.");
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
