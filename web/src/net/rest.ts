/** The HTTP side of the server: notebooks as a list and as files, and outputs that are too large for the socket. */
import type { ExecutionState, Problem } from "../wire/types";

export interface NotebookInfo {
  readonly id: string;
  readonly name: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly running: boolean;
  readonly starred: boolean;
}

export interface TextSlice {
  readonly text: string;
  readonly total: number;
  readonly next: number | null;
}

/** Lines of a stream's text from `first` on; of a line in `cut`, by its number, its whole length. */
export interface LogLines {
  readonly first: number;
  readonly lines: readonly string[];
  readonly total: number;
  /** The first so many lines never change any more. */
  readonly stable: number;
  readonly cut: Readonly<Record<number, number>>;
}

/** A place in a text: code points before it, and lines that end before it. */
export interface LogPlace {
  readonly offset: number;
  readonly line: number;
}

export interface LogMatches {
  readonly lines: readonly number[];
  readonly next: LogPlace | null;
  readonly searched: number;
  readonly total: number;
}

/** One version of code that was run. `kernel_epoch` counts the starts of the notebook's kernels. */
export interface ExecutedCode {
  readonly id: string;
  readonly cell_id: string;
  readonly source: string;
  readonly state: ExecutionState;
  readonly by: string;
  readonly queued: string;
  readonly started: string | null;
  readonly finished: string | null;
  readonly execution_count: number | null;
  readonly kernel_epoch: number | null;
}

/** The latest first; `before` asks for the rest. */
export interface ExecutedPage {
  readonly executions: readonly ExecutedCode[];
  readonly before: number | null;
}

/** Who is signed in (docs/accounts.md). */
export interface Me {
  readonly id: string;
  readonly user: string;
  readonly login: string;
  /** The name that this person chose; "" for none. */
  readonly shown: string;
  readonly email: string | null;
  readonly mode: "personal" | "team";
  readonly admin: boolean;
  readonly version: string;
  readonly widget_cdn: boolean;
  readonly has_password: boolean;
  /** Who else vouches for the account. */
  readonly providers: readonly string[];
}

/** An account, as others know it. */
export interface Named {
  readonly id: string;
  readonly login: string;
  readonly shown: string;
}

/** A refusal of the server, or its absence (`code` unreachable), as an error. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }
}

export const UNREACHABLE: Problem = {
  code: "unreachable",
  title: "The server cannot be reached.",
  detail: "It may be restarting. Cells that run go on; try again in a moment.",
  status: 0,
};

/** The problem that an answer holds, or one made of its status. */
export function problemFrom(status: number, statusText: string, text: string): Problem {
  const bare: Problem = { code: `http-${status}`, title: statusText, detail: "", status };
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? { ...bare, ...body } : bare;
  } catch {
    return bare;
  }
}

const problemOf = async (response: Response): Promise<Problem> =>
  problemFrom(response.status, response.statusText, await response.text().catch(() => ""));

export interface RestPorts {
  readonly fetch: typeof globalThis.fetch;
  /** The readable CSRF cookie's value, or "". */
  readonly csrf: () => string;
  /** The server answers that there is no session. */
  readonly signedOut?: () => void;
}

type RequestHeaders = Readonly<Record<string, string>>;

export class Rest {
  private readonly ports: RestPorts;

  constructor(ports: RestPorts) {
    this.ports = ports;
  }

  me(): Promise<Me> {
    return this.json<Me>("GET", "/me");
  }

  async notebooks(): Promise<readonly NotebookInfo[]> {
    return (await this.json<{ notebooks: NotebookInfo[] }>("GET", "/notebooks")).notebooks;
  }

  notebook(id: string): Promise<NotebookInfo> {
    return this.json("GET", `/notebooks/${encodeURIComponent(id)}`);
  }

  /** What these accounts are called. */
  async people(ids: readonly string[]): Promise<readonly Named[]> {
    const wanted = encodeURIComponent(ids.join(","));
    return (await this.json<{ people: readonly Named[] }>("GET", `/people?ids=${wanted}`)).people;
  }

  executions(id: string, before: number | null): Promise<ExecutedPage> {
    const query = before === null ? "" : `?before=${before}`;
    return this.json("GET", `/notebooks/${encodeURIComponent(id)}/executions${query}`);
  }

  create(): Promise<{ id: string; name: string }> {
    return this.json("POST", "/notebooks", "{}");
  }

  upload(name: string, file: Blob): Promise<{ id: string; name: string }> {
    return this.json("POST", `/notebooks/upload?name=${encodeURIComponent(name)}`, file);
  }

  /** The .ipynb of this moment. */
  async file(id: string): Promise<Blob> {
    return (await this.send("GET", `/notebooks/${encodeURIComponent(id)}/file`)).blob();
  }

  async star(id: string, starred: boolean): Promise<void> {
    await this.send("PATCH", `/notebooks/${encodeURIComponent(id)}/mine`, JSON.stringify({ starred }));
  }

  /** Copies the notebook at this address (GitHub, a gist) into Drive. */
  importFrom(where: string): Promise<{ id: string; name: string }> {
    return this.json("POST", "/notebooks/import", JSON.stringify({ address: where }));
  }

  /** The .ipynb that a script is. */
  async convert(script: Blob): Promise<string> {
    return (await this.send("POST", "/notebooks/convert", script)).text();
  }

  async rename(id: string, name: string): Promise<void> {
    await this.send("PATCH", `/notebooks/${encodeURIComponent(id)}`, JSON.stringify({ name }));
  }

  async remove(id: string): Promise<void> {
    await this.send("DELETE", `/notebooks/${encodeURIComponent(id)}`);
  }

  text(notebook: string, output: string, offset: number, limit: number): Promise<TextSlice> {
    return this.json("GET", `${outputPath(notebook, output)}/text?offset=${offset}&limit=${limit}`);
  }

  lines(notebook: string, output: string, first: number, count: number, signal: AbortSignal): Promise<LogLines> {
    return this.json("GET", `${outputPath(notebook, output)}/lines?first=${first}&count=${count}`, undefined, signal);
  }

  search(
    notebook: string,
    output: string,
    query: { readonly text: string; readonly matchCase: boolean },
    { offset, line }: LogPlace,
    signal: AbortSignal,
  ): Promise<LogMatches> {
    const wanted = `query=${encodeURIComponent(query.text)}&case=${query.matchCase}&offset=${offset}&line=${line}`;
    return this.json("GET", `${outputPath(notebook, output)}/search?${wanted}`, undefined, signal);
  }

  async mime(notebook: string, output: string, type: string): Promise<Response> {
    return this.send("GET", mimePath(notebook, output, type));
  }

  /** A buffer of a widget's state. */
  async widgetBuffer(notebook: string, sha256: string): Promise<ArrayBuffer> {
    const path = `/notebooks/${encodeURIComponent(notebook)}/widgets/buffers/${encodeURIComponent(sha256)}`;
    return (await this.send("GET", path)).arrayBuffer();
  }

  /** For what has a class of its own: `path` is below the API's. Throws ProblemError, as all here. */
  async json<T>(
    method: string,
    path: string,
    body?: string | Blob,
    signal?: AbortSignal,
    more: RequestHeaders = {},
  ): Promise<T> {
    return (await (await this.send(method, path, body, signal, more)).json()) as T;
  }

  async send(
    method: string,
    path: string,
    body?: string | Blob,
    signal?: AbortSignal,
    more: RequestHeaders = {},
  ): Promise<Response> {
    const headers: Record<string, string> = {
      ...(method !== "GET" && { "x-noctule-csrf": this.ports.csrf() }),
      ...more,
    };
    if (typeof body === "string") headers["content-type"] = "application/json";
    if (body instanceof Blob) headers["content-type"] = "application/octet-stream";
    const request: RequestInit = { method, headers, ...(body !== undefined && { body }), ...(signal && { signal }) };
    const response = await this.ports.fetch(API + path, request).catch(() => null);
    if (response === null) throw new ProblemError(UNREACHABLE);
    if (response.ok) return response;
    const problem = await problemOf(response);
    if (problem.code === NO_SESSION) this.ports.signedOut?.();
    throw new ProblemError(problem);
  }
}

const API = "/api/v1";
const NO_SESSION = "no-session";

function outputPath(notebook: string, output: string): string {
  return `/notebooks/${encodeURIComponent(notebook)}/outputs/${encodeURIComponent(output)}`;
}

function mimePath(notebook: string, output: string, type: string): string {
  return `${outputPath(notebook, output)}/mime?type=${encodeURIComponent(type)}`;
}

/** Addresses for links and images; the session cookie goes with them. */
export const address = {
  file: (notebook: string) => `${API}/notebooks/${encodeURIComponent(notebook)}/file`,
  script: (notebook: string) => `${API}/notebooks/${encodeURIComponent(notebook)}/file?format=py`,
  log: (notebook: string, output: string) => `${API}${outputPath(notebook, output)}/log`,
  mime: (notebook: string, output: string, type: string) => API + mimePath(notebook, output, type),
  socket: (notebook: string) => `${API}/notebooks/${encodeURIComponent(notebook)}/socket`,
};
