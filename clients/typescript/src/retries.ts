// When a call is sent again: only where that can do no harm.
//
// - It was not sent at all, since no connection came about.
// - The service, or what stands before it, answered 429 or 503 with Retry-After: nothing was done.
// - It may be repeated: it reads, or carries an Idempotency-Key.

/** How often and how long: at most `most` further attempts; each pause is twice as long as the one before. */
export interface Retries {
  readonly most: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

export const USUAL_RETRIES: Retries = { most: 3, firstPauseMs: 100, longestPauseMs: 30_000 };

/** The status of an answer, or why there is none. */
export type Outcome = number | "not sent" | "perhaps sent";

const NOT_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "UND_ERR_CONNECT_TIMEOUT"]);

/** The milliseconds to wait before the next attempt, which counts from 0; undefined where there is none. */
export function pauseBefore(
  retries: Retries,
  attempt: number,
  outcome: Outcome,
  retryAfterMs: number | undefined,
  repeatable: boolean,
  remainingMs: number,
): number | undefined {
  if (attempt >= retries.most || !mayRepeat(outcome, retryAfterMs, repeatable)) return undefined;
  const backoff = Math.min(retries.longestPauseMs, retries.firstPauseMs * 2 ** attempt) * (0.5 + Math.random() / 2);
  const pause = retryAfterMs ?? backoff;
  return pause < Math.min(remainingMs, retries.longestPauseMs) ? pause : undefined;
}

/** The milliseconds that Retry-After states (RFC 9110, 10.2.3), as seconds or as a time. */
export function retryAfterOf(headers: Headers): number | undefined {
  const stated = headers.get("retry-after")?.trim() ?? "";
  if (/^[0-9]+$/.test(stated)) return Number(stated) * 1000;
  const at = Date.parse(stated);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

/** Why `fetch` brought no answer: Node says so in the cause of the error, a browser does not. */
export function lossOf(error: unknown): Outcome {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code: unknown = cause instanceof Object && "code" in cause ? cause.code : undefined;
  return typeof code === "string" && NOT_SENT.has(code) ? "not sent" : "perhaps sent";
}

function mayRepeat(outcome: Outcome, retryAfterMs: number | undefined, repeatable: boolean): boolean {
  if (outcome === "not sent") return true;
  if (outcome === 429 || outcome === 503) return repeatable || retryAfterMs !== undefined;
  return repeatable && (outcome === "perhaps sent" || outcome === 502 || outcome === 504);
}
