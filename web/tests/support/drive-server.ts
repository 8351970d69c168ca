/** The server's side of Drive in memory, as docs/drive.md has it: for tests of the page, and to look at it without a server. */
import type { DriveInfo, DriveUploadStart, Item, ItemKind, Place, Template } from "../../src/net/drive-rest";
import type { RestPorts } from "../../src/net/rest";

const ME = { id: "me", name: "Ada" };
const names = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

interface Kept {
  item: Item;
  content: Uint8Array;
}

interface Part {
  readonly parent: string;
  readonly start: DriveUploadStart;
  bytes: Uint8Array;
  item: Item | null;
}

class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;

  constructor(status: number, code: string, title: string, detail = "") {
    super(title);
    this.status = status;
    this.code = code;
    this.detail = detail;
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

const json = (value: unknown, status = 200): Answer => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value),
});

const kindOf = (name: string): ItemKind => (name.endsWith(".ipynb") ? "notebook" : "file");

export class DriveServer {
  readonly root = "r0";
  readonly items = new Map<string, Kept>();
  readonly uploads = new Map<string, Part>();
  /** Every request, as `METHOD path`. */
  readonly requests: string[] = [];
  quota: number | null = null;
  /** Requests that are answered with this problem: by their beginning. */
  readonly refuse = new Map<string, string>();
  /** Nothing is answered. */
  away = false;
  now = Date.parse("2026-11-22T12:00:00Z");
  templates: readonly Template[] = [
    { id: "blank", title: "Blank notebook", about: "One empty cell" },
    { id: "data", title: "Explore a table", about: "Read a CSV, look at it, plot it" },
  ];
  private next = 1;

  add(name: string, part: Partial<Item> = {}, content: string | Uint8Array = ""): Item {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const id = part.id ?? `i${this.next++}`;
    const item: Item = {
      id,
      kind: kindOf(name),
      name,
      parent: null,
      size: bytes.length,
      changed_at: new Date(this.now).toISOString(),
      version: `v${this.next++}`,
      role: "owner",
      owner: ME,
      starred: false,
      shared: false,
      running: false,
      live: false,
      opened_at: null,
      binned_at: null,
      ...part,
    };
    this.items.set(id, { item, content: bytes });
    return item;
  }

  folder(name: string, parent: string | null = null, part: Partial<Item> = {}): Item {
    return this.add(name, { kind: "folder", parent, ...part });
  }

  /** What `fetch` is for the page. */
  ports(): RestPorts {
    return {
      csrf: () => "c",
      fetch: async (input, init) => {
        const body = await bytesOf(init?.body ?? null);
        const headers = new Headers(init?.headers);
        // eslint-disable-next-line @typescript-eslint/no-base-to-string
        const answer = this.answer(init?.method ?? "GET", String(input), headers.get("range"), body);
        if (answer === null) throw new TypeError("network");
        return new Response(answer.body as BodyInit, { status: answer.status, headers: answer.headers });
      },
    };
  }

  /** Null: it is away. */
  answer(method: string, address: string, range: string | null, body: Uint8Array): Answer | null {
    const url = new URL(address, "http://drive");
    const path = url.pathname.replace(/^\/api\/v1/, "");
    const request = `${method} ${path}`;
    this.requests.push(request);
    if (this.away) return null;
    try {
      for (const [beginning, code] of this.refuse) {
        if (request.startsWith(beginning)) throw new Refusal(409, code, `Refused: ${code}.`);
      }
      return this.route(method, path.split("/").filter(Boolean), url.searchParams, range, body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, code, detail, message } = error;
      return json({ status, code, title: message, detail }, status);
    }
  }

  childrenOf(id: string | null): readonly Item[] {
    const parent = this.real(id);
    return [...this.items.values()]
      .map(({ item }) => item)
      .filter((item) => item.parent === parent && item.binned_at === null && item.role === "owner");
  }

  // --- inside ------------------------------------------------------------------------------------------------------

  private route(
    method: string,
    [first = "", second = "", third = ""]: readonly string[],
    query: URLSearchParams,
    range: string | null,
    body: Uint8Array,
  ): Answer {
    const id = decodeURIComponent(second);
    const given = () => JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>;
    if (first === "drive") return json(this.info());
    if (first === "templates") return json(this.templates);
    if (first === "uploads") return this.upload(method, id, Number(query.get("offset")), body);
    if (first !== "items") throw new Refusal(404, "not-found", "There is no such page.");
    if (id === "") return method === "DELETE" ? this.emptyBin() : this.list(query);
    switch (`${method} ${third}`) {
      case "GET ":
        return json({ item: this.get(id).item, path: this.path(id) });
      case "GET children":
        return this.page(this.sorted(id, query), query);
      case "GET content":
        return this.content(id, range);
      case "POST folders":
        return json(this.make(id, String(given()["name"]), "folder"));
      case "POST notebooks":
        return json(this.make(id, "Untitled.ipynb", "notebook"));
      case "POST import":
        return json(this.make(id, "Imported.ipynb", "notebook"));
      case "PATCH ":
        return json(this.change(id, given()));
      case "PATCH mine":
        return json(this.set(id, { starred: given()["starred"] === true }));
      case "POST copy":
        return json(this.copy(id, given()["parent"]));
      case "DELETE ":
        if (query.get("forever") === "1") {
          this.items.delete(id);
          return json({});
        }
        return json(this.set(id, { binned_at: new Date(this.now).toISOString(), running: false, live: false }));
      case "POST restore":
        return json(this.set(id, { binned_at: null }));
      case "POST uploads":
        return this.begin(id, given() as unknown as DriveUploadStart);
      default:
        throw new Refusal(405, "method", "That cannot be done.");
    }
  }

  private real(id: unknown): string | null {
    return typeof id !== "string" || id === "root" || id === this.root ? null : id;
  }

  private get(id: string): Kept {
    if (this.real(id) === null) {
      const item = { ...this.add("My Drive", { kind: "folder", id: this.root }) };
      this.items.delete(this.root);
      return { item, content: new Uint8Array() };
    }
    const kept = this.items.get(id);
    if (kept === undefined) {
      throw new Refusal(404, "item-not-found", "There is nothing here.", "It was deleted, or you may not see it.");
    }
    return kept;
  }

  private path(id: string): readonly Place[] {
    const places: Place[] = [];
    let at = this.real(id) === null ? null : this.get(id).item.parent;
    while (at !== null) {
      const { item } = this.get(at);
      places.unshift({ id: item.id, name: item.name });
      at = item.parent;
    }
    return [{ id: this.root, name: "My Drive" }, ...places];
  }

  private info(): DriveInfo {
    const size = (binned: boolean) =>
      [...this.items.values()]
        .filter(({ item }) => (item.binned_at !== null) === binned)
        .reduce((sum, { item }) => sum + item.size, 0);
    const used = size(false) + size(true);
    const tight = this.quota !== null && used >= 0.8 * this.quota;
    return { root: this.root, used, quota: this.quota, binned: size(true), tight, visited_at: null, requests: 0 };
  }

  private sorted(id: string, query: URLSearchParams): readonly Item[] {
    this.get(id);
    const sign = query.get("descending") === "true" ? -1 : 1;
    const folder = (item: Item) => Number(item.kind !== "folder");
    const by: Record<string, (a: Item, b: Item) => number> = {
      name: (a, b) => folder(a) - folder(b) || sign * names.compare(a.name, b.name),
      changed: (a, b) => sign * a.changed_at.localeCompare(b.changed_at) || names.compare(a.name, b.name),
      size: (a, b) => sign * (a.size - b.size) || names.compare(a.name, b.name),
    };
    return [...this.childrenOf(id)].sort(by[query.get("sort") ?? "name"]);
  }

  private list(query: URLSearchParams): Answer {
    const all = [...this.items.values()].map(({ item }) => item);
    const there = all.filter(({ binned_at }) => binned_at === null);
    const words = query.get("search");
    if (words !== null) {
      const found = there.filter(({ name }) => name.toLowerCase().includes(words.toLowerCase()));
      return this.page(found, query);
    }
    switch (query.get("view")) {
      case "recent":
        return this.page(
          there
            .filter(({ opened_at }) => opened_at !== null)
            .sort((a, b) => (b.opened_at ?? "").localeCompare(a.opened_at ?? "")),
          query,
        );
      case "starred":
        return this.page(
          there.filter(({ starred }) => starred),
          query,
        );
      case "shared":
        return this.page(
          there.filter(({ role }) => role !== "owner"),
          query,
        );
      default:
        return this.page(
          all.filter(({ binned_at }) => binned_at !== null),
          query,
        );
    }
  }

  private page(items: readonly Item[], query: URLSearchParams): Answer {
    const from = Number(query.get("after") ?? 0);
    const end = from + Number(query.get("limit") ?? 100);
    return json({ items: items.slice(from, end), after: end < items.length ? String(end) : null, total: items.length });
  }

  private content(id: string, range: string | null): Answer {
    const { content } = this.get(id);
    const last = /^bytes=0-(\d+)$/.exec(range ?? "")?.[1];
    const type = this.get(id).item.name.endsWith(".svg") ? "image/svg+xml" : "application/octet-stream";
    if (last === undefined) return { status: 200, headers: { "content-type": type }, body: content };
    const bytes = content.slice(0, Number(last) + 1);
    const headers = { "content-type": type, "content-range": `bytes 0-${bytes.length - 1}/${content.length}` };
    return { status: 206, headers, body: bytes };
  }

  private taken(parent: string | null, name: string, but = ""): boolean {
    return this.childrenOf(parent).some((item) => item.name === name && item.id !== but);
  }

  private free(parent: string | null, name: string): string {
    const dot = name.lastIndexOf(".");
    const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
    for (let number = 1; ; number++) {
      const wanted = number === 1 ? name : `${stem} (${number})${ending}`;
      if (!this.taken(parent, wanted)) return wanted;
    }
  }

  private make(id: string, name: string, kind: ItemKind): Item {
    const parent = this.real(id);
    if (kind === "folder" && this.taken(parent, name)) throw new Refusal(409, "name-taken", `${name} is taken.`);
    return this.add(this.free(parent, name), { kind, parent });
  }

  private set(id: string, part: Partial<Item>): Item {
    const kept = this.get(id);
    kept.item = { ...kept.item, ...part };
    return kept.item;
  }

  private change(id: string, { name, parent }: Readonly<Record<string, unknown>>): Item {
    const { item } = this.get(id);
    const to = parent === undefined ? item.parent : this.real(parent);
    const called = typeof name === "string" ? name : item.name;
    if (this.taken(to, called, id)) throw new Refusal(409, "name-taken", `${called} is taken.`, "Choose another name.");
    return this.set(id, { name: called, parent: to });
  }

  private copy(id: string, parent: unknown): Item {
    const { item, content } = this.get(id);
    const to = parent === undefined ? item.parent : this.real(parent);
    const { kind } = item;
    return this.add(this.free(to, item.name), { kind, parent: to }, content);
  }

  private emptyBin(): Answer {
    for (const [id, { item }] of this.items) if (item.binned_at !== null) this.items.delete(id);
    return json({});
  }

  private begin(parent: string, start: DriveUploadStart): Answer {
    if (this.quota !== null && this.info().used + start.size > this.quota) {
      throw new Refusal(507, "quota-reached", "Your Drive is full.", "films takes most: 3.2 GB.");
    }
    const part = this.uploads.get(start.upload) ?? { parent, start, bytes: new Uint8Array(), item: null };
    this.uploads.set(start.upload, part);
    return this.standing(part);
  }

  private upload(method: string, id: string, offset: number, body: Uint8Array): Answer {
    const part = this.uploads.get(id);
    if (part === undefined) throw new Refusal(404, "upload-not-found", "The upload is not known.");
    if (method === "DELETE") {
      this.uploads.delete(id);
      return json({});
    }
    if (method === "PATCH") {
      if (offset !== part.bytes.length) throw new Refusal(409, "upload-offset", "It stands elsewhere.");
      part.bytes = Uint8Array.from([...part.bytes, ...body]);
      if (part.bytes.length === part.start.size) part.item = this.place(part);
    }
    return this.standing(part);
  }

  private place({ parent, start, bytes }: Part): Item {
    let folder = this.real(parent);
    for (const name of (start.path ?? "").split("/").filter(Boolean)) {
      const there = this.childrenOf(folder).find((item) => item.kind === "folder" && item.name === name);
      folder = (there ?? this.folder(name, folder)).id;
    }
    const old = this.childrenOf(folder).find(({ version }) => version === start.over);
    if (old === undefined) return this.add(this.free(folder, start.name), { parent: folder }, bytes);
    this.items.set(old.id, { item: old, content: bytes });
    return this.set(old.id, { size: bytes.length, version: `v${this.next++}` });
  }

  private standing({ start, bytes, item }: Part): Answer {
    return json({ upload: start.upload, offset: bytes.length, ...(item !== null && { item }) });
  }
}

async function bytesOf(body: BodyInit | null): Promise<Uint8Array> {
  if (body === null) return new Uint8Array();
  return new Uint8Array(await new Response(body).arrayBuffer());
}
