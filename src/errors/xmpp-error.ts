import type { Evidence, Explanation, Recording } from './evidence.ts';

/** What is known about an error beside its message. */
export interface XmppErrorDetails {
  /** The defined condition of the RFC or XEP, or one of this library's own for errors that no specification names. */
  readonly condition: string;
  /** Text that came with the error, from the peer: untrusted, for people. */
  readonly text?: string | undefined;
  readonly cause?: unknown;
  /** What a person can do about it. */
  readonly hint?: string | undefined;
  /** Path of the state the client was in, as in `linked.securing.handshaking`. */
  readonly phase?: string | undefined;
  /** The server that was talked to, as in `xmpp.example.org:5222 (STARTTLS)`. */
  readonly endpoint?: string | undefined;
}

/** How one endpoint failed, or one of those who know endpoints. */
export interface EndpointAttempt {
  /** As in `xmpp.example.org:5222 (STARTTLS)`. */
  readonly endpoint: string;
  /** Code of the error. */
  readonly code: string;
  readonly message: string;
}

/**
 * Base of every error that this library reports. `code` is stable and made of the level and the condition
 * (`sasl/not-authorized`); `phase`, `endpoint` and `hint` say where it happened and what to do.
 */
export abstract class XmppError extends Error {
  abstract override readonly name: string;
  /** The part of the protocol it belongs to: the first half of {@link code}. */
  abstract readonly level: string;
  readonly condition: string;
  readonly text: string | undefined;
  readonly hint: string | undefined;
  phase: string | undefined;
  endpoint: string | undefined;
  /** What was tried in this round of connecting, in order; the last one led to this error. Empty for errors of other kinds. */
  attempts: readonly EndpointAttempt[] = [];
  #evidence: Evidence | undefined;

  constructor(message: string, details: XmppErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.condition = details.condition;
    this.text = details.text;
    this.hint = details.hint;
    this.phase = details.phase;
    this.endpoint = details.endpoint;
  }

  /** Stable name of this kind of error: level and condition. */
  get code(): string {
    return `${this.level}/${this.condition}`;
  }

  /** What the client did before this happened, to be attached to a report and replayed; absent where no client was involved. */
  get recording(): Recording | undefined {
    return this.#evidence?.recording();
  }

  /** Where the client was when this happened, and what it waited for; absent where no client was involved. */
  get explanation(): Explanation | undefined {
    return this.#evidence?.explanation();
  }

  /** Completes where it happened; what is known already stays. Called by the client's chart, and by its door. */
  locate(phase: string, endpoint: string | undefined): this {
    this.phase ??= phase;
    this.endpoint ??= endpoint;
    return this;
  }

  /** What can be told of the moment when it happened; the first moment counts. Called wherever a client tells of an error. */
  witness(evidence: Evidence | undefined): this {
    this.#evidence ??= evidence;
    return this;
  }
}

/** What a function of the application failed with. Its message may hold anything, also a secret: only the kind gets out. */
export function kindOf(cause: unknown): string {
  return cause instanceof Error ? cause.name : typeof cause;
}

/** The same for a store, with the code of the system if there is one: `Error ENOSPC`. Codes name what happened, and hold no secret. */
export function failureOf(cause: unknown): string {
  const { code }: { readonly code?: unknown } = Object(cause);
  const isCode = cause instanceof Error && typeof code === 'string' && CODE.test(code);
  return isCode ? `${kindOf(cause)} ${code}` : kindOf(cause);
}

/** As systems, Node and databases write them: `EACCES`, `ERR_STRING_TOO_LONG`. Whatever looks otherwise may be anything. */
const CODE = /^(?=.{2,40}$)[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/;
