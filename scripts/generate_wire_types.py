"""Writes the page's contract from the wire Structs: contract/frames.json and web/src/wire/types.ts. Both are committed.

    python scripts/generate_wire_types.py            write both
    python scripts/generate_wire_types.py --check    exit 1 when either is out of date

frames.json is msgspec's JSON schema of everything that travels on the page socket (bytes are base64 there, binary in
msgpack). types.ts is made from that schema alone: an interface for each Struct *with every field present*, a table
SHAPES from which web/src/wire/complete.ts fills in the defaults that the wire leaves out, and the limits.
"""

import json
import sys
from pathlib import Path
from typing import Any, get_args

import msgspec

from noctule_agent.wire import asks, limits, page, state, terminals

ROOT = Path(__file__).resolve().parent.parent
SCHEMA_FILE = ROOT / "contract" / "frames.json"
TYPES_FILE = ROOT / "web" / "src" / "wire" / "types.ts"
UNIONS: dict[str, Any] = {
    "FromPage": page.FromPage,
    "ToPage": page.ToPage,
    "Op": state.Op,
    "Output": state.Output,
    "MimeValue": state.MimeValue,
    "AskBody": asks.AskBody,
    "AnswerBody": asks.AnswerBody,
    "Subject": asks.Subject,
    "FromTerminalPage": terminals.FromTerminalPage,
    "ToTerminalPage": terminals.ToTerminalPage,
}
ALIASES = {"ExecutionState": state.ExecutionState, "KernelState": state.KernelState, "RuntimeState": state.RuntimeState}
PRIMITIVES = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}

Schema = dict[str, Any]


def build_schema() -> Schema:
    """The schema document: one entry for each union and Struct under `$defs`."""
    types = [*UNIONS.values(), state.RunSnapshot]
    heads, components = msgspec.json.schema_components(types, ref_template="#/$defs/{name}")
    definitions = {**components, **dict(zip(UNIONS, heads, strict=False))}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Noctule page socket",
        "version": ".".join(map(str, page.VERSION)),
        "$defs": definitions,
    }


def ref_name(schema: Schema) -> str:
    return str(schema["$ref"]).rsplit("/", 1)[1]


def union_name(schema: Schema) -> str | None:
    """The name of a union that is spelled out in place, so that types.ts can say it once."""
    members = {ref_name(member) for member in schema["anyOf"] if "$ref" in member}
    for name, union in UNIONS.items():
        if members == {member.__name__ for member in get_args(union)}:
            return name
    return None


def ts_type(schema: Schema) -> str:
    """The TypeScript type of a value of this schema."""
    if "$ref" in schema:
        return ref_name(schema)
    if "anyOf" in schema:
        return union_name(schema) or " | ".join(ts_type(member) for member in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    match schema.get("type"):
        case "string" if "contentEncoding" in schema:
            return "Uint8Array"
        case "array" if "prefixItems" in schema:
            return f"readonly [{', '.join(ts_type(item) for item in schema['prefixItems'])}]"
        case "array":
            item = ts_type(schema["items"]) if schema.get("items") else "unknown"
            return f"readonly ({item})[]" if " " in item else f"readonly {item}[]"
        case "object":
            values = schema.get("additionalProperties")
            return f"Readonly<Record<string, {ts_type(values) if isinstance(values, dict) else 'unknown'}>>"
        case str() as primitive:
            return PRIMITIVES[primitive]
        case _:
            return "unknown"


def shape_of(schema: Schema) -> str | None:
    """Where Structs lie inside a value of this schema, as a Shape; None when there are none."""
    if "$ref" in schema:
        return json.dumps(ref_name(schema))
    if "discriminator" in schema:
        tags = {tag: ref.rsplit("/", 1)[1] for tag, ref in schema["discriminator"]["mapping"].items()}
        return f"{{ tags: {json.dumps(tags)} }}"
    if "anyOf" in schema:
        return next((shape for member in schema["anyOf"] if (shape := shape_of(member))), None)
    if isinstance(schema.get("items"), dict):
        inner = shape_of(schema["items"])
        return f"{{ list: {inner} }}" if inner else None
    if isinstance(schema.get("additionalProperties"), dict):
        inner = shape_of(schema["additionalProperties"])
        return f"{{ map: {inner} }}" if inner else None
    return None


def ts_doc(text: str, indent: str = "") -> list[str]:
    if not text:
        return []
    lines = [line.strip() for line in text.strip().splitlines()]
    return [f"{indent}/**", *(f"{indent} * {line}".rstrip() for line in lines), f"{indent} */"]


def ts_interface(name: str, schema: Schema) -> list[str]:
    fields = [f"  readonly {key}: {ts_type(value)};" for key, value in schema["properties"].items()]
    return [*ts_doc(schema.get("description", "")), f"export interface {name} {{", *fields, "}", ""]


def ts_shape(name: str, schema: Schema) -> str:
    properties: Schema = schema["properties"]
    defaults = {key: value["default"] for key, value in properties.items() if "default" in value}
    inner = {key: shape for key, value in properties.items() if (shape := shape_of(value))}
    fields = ", ".join(f"{json.dumps(key)}: {shape}" for key, shape in inner.items())
    return f"  {name}: {{ defaults: {json.dumps(defaults)}, fields: {{ {fields} }} }},"


def ts_limits() -> list[str]:
    values = {name: value for name, value in vars(limits).items() if name.isupper() and isinstance(value, int | float)}
    return ["/** Every limit of wire/limits.py, by its name there. */", "export const LIMITS = {"] + [
        f"  {name}: {value}," for name, value in values.items()
    ]


SHAPE_TYPES = """\
/** Where Structs lie inside a value: a Struct by name, a union by its tags, a list or a map of those. */
export type Shape =
  | StructName
  | { readonly tags: Readonly<Record<string, StructName>> }
  | { readonly list: Shape }
  | { readonly map: Shape };

export interface StructShape {
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly fields: Readonly<Record<string, Shape>>;
}
"""


def render_types(schema: Schema) -> str:
    """The text of types.ts."""
    definitions: Schema = schema["$defs"]
    structs = {name: value for name, value in definitions.items() if "properties" in value}
    lines = ["// Generated by scripts/generate_wire_types.py from the wire Structs. Do not edit.", ""]
    lines += [f"export const VERSION = [{', '.join(map(str, page.VERSION))}] as const;", ""]
    lines += [f"export const TERMINAL_VERSION = [{', '.join(map(str, terminals.TERMINAL_VERSION))}] as const;", ""]
    lines += [*ts_limits(), "} as const;", ""]
    closes = {name: value for name, value in vars(page).items() if name.startswith("CLOSE_")}
    lines += [f"export const {name} = {value};" for name, value in closes.items()] + [""]
    for name, literal in ALIASES.items():
        lines += [f"export type {name} = {' | '.join(json.dumps(value) for value in get_args(literal))};", ""]
    for name, value in structs.items():
        lines += ts_interface(name, value)
    for name in UNIONS:
        lines += [f"export type {name} = {' | '.join(ref_name(member) for member in definitions[name]['anyOf'])};", ""]
    lines += [f"export type StructName = {' | '.join(json.dumps(name) for name in structs)};", "", SHAPE_TYPES]
    lines += ["/** Defaults and inner Structs of each Struct; complete.ts fills in what the wire leaves out. */"]
    lines += ["export const SHAPES: Readonly<Record<StructName, StructShape>> = {"]
    lines += [ts_shape(name, value) for name, value in structs.items()] + ["};", ""]
    lines += ["export const UNIONS = {"]
    lines += [f"  {name}: {shape_of(definitions[name])}," for name in UNIONS] + ["} as const;", ""]
    return "\n".join(lines)


def main() -> int:
    schema = build_schema()
    wanted = {SCHEMA_FILE: json.dumps(schema, indent=2, ensure_ascii=False) + "\n", TYPES_FILE: render_types(schema)}
    if "--check" in sys.argv[1:]:
        stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
        for path in stale:
            print(f"{path.relative_to(ROOT)} is out of date: run scripts/generate_wire_types.py", file=sys.stderr)
        return 1 if stale else 0
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
