/** Where a widget's chat is kept: by the page's server, or else by the widget's kernel. */
import type { CommLine, CommModel } from "./commline";
import { HttpTransport } from "./http";
import { HttpSessions, locate, type Sessions, type Wanted } from "./locate";
import type { Session } from "./protocol";
import { pageServer, Server } from "./server";
import { RequestError, type Transport } from "./transport";
import type { Host } from "./ui/host";
import { t } from "./words";

/** A chat that was found, and how to reach it. */
export interface Found {
  readonly session: Session;
  readonly sessions: Sessions;
  readonly transport: Transport;
  /** What the place says about itself in the chat's host. */
  readonly host: Partial<Host>;
  /** The line that it is reached over, null where it is the network. */
  readonly line: CommLine | null;
}

/** The chats that a widget can reach; the line to its kernel lasts as long as the signal. */
export class Places {
  private line: Promise<CommLine> | null = null;

  constructor(
    private readonly model: CommModel,
    private readonly life: AbortSignal,
  ) {}

  /** The chat. Throws RequestError, or an Error where no notebook is known. */
  async find(wanted: Wanted, signal: AbortSignal): Promise<Found> {
    const server = serverOfPage();
    if (server) {
      try {
        return await atServer(server, wanted, signal);
      } catch (error) {
        if (!lacksExtension(error)) throw error;
      }
    }
    return this.inKernel(server, wanted, signal);
  }

  private async inKernel(
    server: Server | null,
    wanted: Wanted,
    signal: AbortSignal,
  ): Promise<Found> {
    const { CommSessions, CommTransport, keptIn } = await import("./comm");
    const line = await this.open();
    const kept = await keptIn(line, signal);
    const sessions = new CommSessions(line);
    const session = await locate(sessions, server, wanted, signal);
    const transport = new CommTransport(line, kept, session.id);
    const host = { keptIn: t("Kept by this kernel in %1", kept) };
    return { session, sessions, transport, host, line };
  }

  /** One line for as long as the widget is shown: it remembers what the kernel has not heard. */
  private open(): Promise<CommLine> {
    this.line ??= import("./comm").then(({ CommLine }) => {
      const line = new CommLine(this.model);
      this.life.addEventListener("abort", () => line.dispose());
      return line;
    });
    return this.line;
  }
}

async function atServer(server: Server, wanted: Wanted, signal: AbortSignal): Promise<Found> {
  const sessions = new HttpSessions(server);
  const session = await locate(sessions, server, wanted, signal);
  const images = [server.url("files/"), server.url("chatcore/")];
  const transport = new HttpTransport(server, session.id);
  return { session, sessions, transport, host: { images }, line: null };
}

/** Whether a server answered that knows nothing of chats. */
function lacksExtension(error: unknown): boolean {
  return error instanceof RequestError && error.status === 404 && error.code === "http";
}

/** null where the page is no Jupyter server's. */
function serverOfPage(): Server | null {
  try {
    return new Server(pageServer());
  } catch {
    return null;
  }
}
