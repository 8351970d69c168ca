/**
 * Python literals, read as Python reads them and written in the manner of one that is there. Pure; knows no form.
 *
 * Only what a form can hold: strings of any prefix and quotes, numbers, True, False, None. Anything else is an expression,
 * which is `null` here.
 */
export interface StringStyle {
  /** As it stands in the source, `""`, `r`, `Rb`, ... */
  readonly prefix: string;
  readonly quote: '"' | "'" | '"""' | "'''";
}

export type Literal =
  | { readonly t: "string"; readonly text: string; readonly style: StringStyle }
  /** `text` is the number as decimal digits, of whatever size; what JavaScript's Number takes. */
  | { readonly t: "number"; readonly text: string; readonly integer: boolean }
  | { readonly t: "boolean"; readonly on: boolean }
  | { readonly t: "none" };

/** What `code` is, all of it; null when it is no literal. */
export function readLiteral(code: string): Literal | null {
  if (code === "None") return { t: "none" };
  if (code === "True" || code === "False") return { t: "boolean", on: code === "True" };
  return readNumber(code) ?? readString(code);
}

const DIGITS = "\\d(?:_?\\d)*";
const DECIMAL = new RegExp(`^(?:(?:${DIGITS})?\\.${DIGITS}|${DIGITS}\\.?)(?:e[+-]?${DIGITS})?$`, "i");
const WHOLE = new RegExp(`^(?:0(?:_?0)*|[1-9](?:_?\\d)*|0x(?:_?[\\da-f])+|0o(?:_?[0-7])+|0b(?:_?[01])+)$`, "i");

function readNumber(code: string): Literal | null {
  const [, sign = "", digits = ""] = /^([+-]?)\s*(\S+)$/.exec(code) ?? [];
  const minus = sign === "-" ? "-" : "";
  const plain = digits.replace(/_/g, "").toLowerCase();
  if (WHOLE.test(digits)) return { t: "number", text: minus + BigInt(plain).toString(), integer: true };
  // `007` is a mistake in Python, while `007.5` and `1e3` are numbers.
  if (!DECIMAL.test(digits) || !/[.e]/i.test(digits)) return null;
  return { t: "number", text: minus + plain, integer: false };
}

const OPENING = /^([a-z]{0,2})("""|'''|"|')/i;
const PREFIXES: ReadonlySet<string> = new Set(["", "r", "u", "b", "br", "rb", "f", "fr", "rf"]);

function readString(code: string): Literal | null {
  const [opening, prefix = "", quote = ""] = OPENING.exec(code) ?? [];
  if (opening === undefined || !PREFIXES.has(prefix.toLowerCase())) return null;
  if (code.length < opening.length + quote.length || stringEnd(code, 0) !== code.length) return null;
  const body = code.slice(opening.length, code.length - quote.length);
  const text = decode(body, prefix.toLowerCase());
  return text === null ? null : { t: "string", text, style: { prefix, quote: quote as StringStyle["quote"] } };
}

/** Where the string that begins at `at` ends; null when none begins there, or it does not end on its line. */
export function stringEnd(code: string, at: number): number | null {
  const [opening, , quote = ""] = OPENING.exec(code.slice(at, at + 5)) ?? [];
  if (opening === undefined) return null;
  let here = at + opening.length;
  while (here < code.length) {
    if (code.startsWith(quote, here)) return here + quote.length;
    if (code[here] === "\n" && quote.length === 1) return null;
    here += code[here] === "\\" ? 2 : 1;
  }
  return null;
}

const ESCAPE = /\\(?:([\\'"abfnrtv])|([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(N\{|x|u|U)|\n)/g;
const SIGNS: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** The text of a string's inside; null when it is not known before it runs (`{..}` in an f-string, `\N{..}`). */
function decode(body: string, prefix: string): string | null {
  if (prefix.includes("f")) {
    if (/[{}]/.test(body.replace(/\{\{|\}\}/g, ""))) return null;
    body = body.replace(/\{\{/g, "{").replace(/\}\}/g, "}");
  }
  if (prefix.includes("r")) return body;
  const bytes = prefix.includes("b");
  const unknown: string[] = [];
  const text = body.replace(ESCAPE, (whole: string, ...groups: (string | undefined)[]) => {
    const [sign, octal, byte, four, eight, other] = groups;
    if (sign !== undefined) return SIGNS[sign] ?? sign;
    const hex = byte ?? (bytes ? undefined : (four ?? eight));
    const point = octal !== undefined ? parseInt(octal, 8) : parseInt(hex ?? "", 16);
    if (point <= 0x10ffff) return String.fromCodePoint(point);
    if (!bytes && (hex ?? other) !== undefined) unknown.push(whole);
    return whole === "\\\n" ? "" : whole;
  });
  return unknown.length === 0 ? text : null;
}

const PLAIN: StringStyle = { prefix: "", quote: '"' };

/** `text` as a string literal on one line, in this style where it can be said in it. */
export function writeString(text: string, like: StringStyle | null): string {
  const { prefix, quote } = like ?? PLAIN;
  const kind = prefix.toLowerCase();
  const formatted = kind.includes("f") ? text.replace(/[{}]/g, "$&$&") : text;
  if (kind.includes("r")) {
    if (canBeRaw(formatted, quote) && (!kind.includes("b") || isAscii(text))) return prefix + quote + formatted + quote;
    return prefix.replace(/r/i, "") + quote + escape(formatted, quote, kind.includes("b")) + quote;
  }
  return prefix + quote + escape(formatted, quote, kind.includes("b")) + quote;
}

const isAscii = (text: string) => !/[^\x20-\x7e]/.test(text);

function canBeRaw(text: string, quote: string): boolean {
  return !text.includes(quote.charAt(0)) && !/[\x00-\x1f\x7f\u2028\u2029]/.test(text) && !/\\$/.test(text);
}

const TO_ESCAPE = /[\\\x00-\x1f\x7f-\x9f\u2028\u2029]|['"]|[^\x00-\x7f]/gu;
const NAMED: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escape(text: string, quote: string, bytes: boolean): string {
  return text.replace(TO_ESCAPE, (sign) => {
    if (sign === '"' || sign === "'") return sign === quote.charAt(0) ? `\\${sign}` : sign;
    const named = NAMED[sign];
    if (named !== undefined) return named;
    const point = sign.codePointAt(0) ?? 0;
    if (point < 0x100 && (point < 0xa0 || bytes)) return `\\x${point.toString(16).padStart(2, "0")}`;
    // A byte string holds bytes: of anything beyond them, those of its UTF-8.
    if (bytes) return Array.from(new TextEncoder().encode(sign), (byte) => `\\x${byte.toString(16)}`).join("");
    return point === 0x2028 || point === 0x2029 || (point > 0xd7ff && point < 0xe000)
      ? `\\u${point.toString(16)}`
      : sign;
  });
}
