/**
 * Fills in what the wire leaves out: the server omits fields that have their default value.
 *
 * Driven by the generated table SHAPES. May not know what any Struct means.
 */
import { SHAPES, type Shape, type StructName } from "./types";

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function completeStruct(value: Fields, name: StructName): Fields {
  const { defaults, fields } = SHAPES[name];
  const whole: Fields = { ...defaults, ...value };
  for (const [key, shape] of Object.entries(fields)) whole[key] = completeValue(whole[key], shape);
  return whole;
}

function completeValue(value: unknown, shape: Shape): unknown {
  if (typeof shape === "string") return isFields(value) ? completeStruct(value, shape) : value;
  if ("list" in shape) {
    return Array.isArray(value) ? value.map((item: unknown) => completeValue(item, shape.list)) : value;
  }
  if (!isFields(value)) return value;
  if ("map" in shape) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, completeValue(item, shape.map)]));
  }
  // A tag of a newer minor version has no shape here; who reads it skips it.
  const name = shape.tags[String(value["t"])];
  return name === undefined ? value : completeStruct(value, name);
}

/** The value with every default in place. The caller names the type that the shape stands for. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the one place where wire data gets its type
export function complete<T>(value: unknown, shape: Shape): T {
  return completeValue(value, shape) as T;
}
