// A call of the service as data, and what it is made with.

export interface JsonObject {
  readonly [name: string]: unknown;
}

export type Value = string | number | boolean | null | undefined;

/** A call: its name, method and path, and of what kind the answer of each good status is. */
export interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly answers: Readonly<Record<number, "json" | "text">>;
}

/** What a call is made with; bytes of a body stay as they are. */
export interface Given {
  readonly path?: Readonly<Record<string, Value>>;
  readonly query?: Readonly<Record<string, Value>>;
  readonly header?: Readonly<Record<string, Value>>;
  readonly body?: unknown;
}
