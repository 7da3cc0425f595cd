import { fromCallback } from 'xstate';
import type { SubprotocolInput } from '../../machines/contracts.ts';
import type { SessionLifecycleEvent, StanzaReceived } from '../../machines/events.ts';
import { buildIqError, buildIqResult, StanzaError } from '../stanza/index.ts';
import { type Child, type Element, firstChildOf } from '../xml/index.ts';
import { requireArgument } from './check-arguments.ts';
import { type Check, isFunction, isObject, record } from './kinds.ts';

/** Answers a request. What it returns is the payload of the result; a thrown `StanzaError` is the answer itself. */
export type RequestHandler = (iq: Element) => Child | Promise<Child>;

/** Handlers by payload, `{namespace}name`; for `get` and `set` alike unless there is one for each. */
export type RequestHandlers = Readonly<
  Record<
    string,
    RequestHandler | { readonly get?: RequestHandler | undefined; readonly set?: RequestHandler | undefined }
  >
>;

/**
 * Logic of an actor that answers requests. A request of a type that the payload has no handler for is answered with
 * `feature-not-implemented`, and any error that is no `StanzaError` with `internal-server-error`, without details.
 */
export function requestResponder(handlers: RequestHandlers) {
  requireArgument('requestResponder()', 'handlers', handlers, record);
  for (const [payload, handler] of Object.entries(handlers))
    requireArgument('requestResponder()', payload, handler, HANDLER);
  const table = new Map(Object.entries(handlers));
  return fromCallback<SessionLifecycleEvent | StanzaReceived, SubprotocolInput>(({ input, receive, self }) => {
    receive((event) => {
      if (event.type === 'stanza.received') {
        answer(event.stanza).then((stanza) => {
          // The session that the request came from may be over by now; its answer means nothing to the next one.
          if (self.getSnapshot().status === 'active') input.outbox.send({ type: 'stanza.send', stanza });
        }, neverRejects);
      }
    });
  });

  async function answer(iq: Element): Promise<Element> {
    try {
      return buildIqResult(iq, await find(iq)(iq));
    } catch (error) {
      return buildIqError(iq, error instanceof StanzaError ? error : new StanzaError('internal-server-error'));
    }
  }

  function find(iq: Element): RequestHandler {
    const payload = firstChildOf(iq);
    const found = payload && table.get(`{${payload.namespace}}${payload.name}`);
    const handler = typeof found === 'function' ? found : iq.attributes.type === 'get' ? found?.get : found?.set;
    if (!handler) throw new StanzaError('feature-not-implemented');
    return handler;
  }
}

const HANDLER: Check = [
  (value) =>
    isFunction(value) ||
    (isObject(value) && ['get', 'set'].every((name) => isAbsentOrFunction(Reflect.get(value, name)))),
  'a function, or one each as `get` and `set`',
];

function isAbsentOrFunction(value: unknown): boolean {
  return value === undefined || isFunction(value);
}

function neverRejects(error: unknown): never {
  throw error;
}
