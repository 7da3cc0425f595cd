import { fromCallback, type InspectionEvent } from 'xstate';
import {
  type AuthenticationContext,
  authenticationMachine,
  type ClientInput,
  type Endpoint,
  type ExchangeInput,
  neverRetry,
  type SaslEvent,
} from '../../machines/index.ts';
import { createClientWith } from '../client/create-client.ts';
import type { ClientActor, ClientOptions } from '../client/index.ts';
import { clientMachine } from '../client/node.ts';
import { type EndpointAttempt, XmppError } from '../errors/index.ts';
import type { Features } from '../stream/index.ts';
import { Course } from './doctor-course.ts';
import { lookAtTls, type TlsFacts } from './doctor-look.ts';

/** What became of one endpoint: how far the client got, what it was offered, and what it would have done. */
export interface Examination {
  readonly endpoint: Endpoint;
  /** The servers before it, each of which sent the client on to the next (RFC 6120 §4.9.3.19). */
  readonly before: readonly EndpointAttempt[];
  /** Milliseconds until bytes could be exchanged; for a WebSocket until it was open. */
  readonly connectTime: number | undefined;
  /** What was offered before TLS. */
  readonly clearFeatures: Features | undefined;
  /** As Node names it: `TLSv1.3`; absent in WebSockets, which do not tell. */
  readonly tlsVersion: string | undefined;
  /** Milliseconds of the handshake. */
  readonly tlsTime: number | undefined;
  /** What was seen of TLS; absent where there is none, or it could not be looked at. */
  readonly tls: TlsFacts | undefined;
  /** What was offered in the end. */
  readonly features: Features | undefined;
  /** What the client would have done with that; absent where it did not get so far. */
  readonly login: Login | undefined;
  /** Why it could not log in. */
  readonly error: XmppError | undefined;
}

/** What an authentication was going to do. */
export type Login = Pick<AuthenticationContext, 'profile' | 'offer' | 'choice'>;

/**
 * Sends the client to one endpoint, and calls it back when it begins to authenticate. It is the client's own chart that goes,
 * so that what is found out is what the client would do. Rejects with the reason of the signal.
 */
export async function examine(endpoint: Endpoint, options: ClientOptions, signal: AbortSignal): Promise<Examination> {
  const course = new Course();
  const { host, port, security, url } = endpoint;
  const place = url === undefined ? { host, port, directTls: security === 'direct-tls' } : { websocket: url };
  const inspect = (event: InspectionEvent): void => course.note(event);
  try {
    const client = createClientWith(mute, { ...options, ...place, reconnect: neverRetry, inspect });
    client.start();
    const login = await whenExamined(client.actor, signal).finally(() => client.stop());
    return await report(endpoint, client.actor, course, login, signal);
  } catch (error) {
    if (!(error instanceof XmppError)) throw error;
    return {
      endpoint,
      before: [],
      tls: undefined,
      tlsVersion: undefined,
      login: undefined,
      error,
      ...factsOf(endpoint, course),
    };
  }
}

/** Would hold the secrets of a login: never says a word, so that nothing is ever sent. */
const silence = fromCallback<SaslEvent, ExchangeInput>(() => {});

const mute = clientMachine.provide({
  actors: { authentication: authenticationMachine.provide({ actors: { exchange: silence } }) },
});

/** Resolves when the client begins to authenticate, with what it would do, or has failed; it is then on its way out. */
function whenExamined(actor: ClientActor, signal: AbortSignal): Promise<Login | undefined> {
  return new Promise((resolve, reject) => {
    const abort = (): void => settle(() => reject(signal.reason));
    const subscription = actor.subscribe({
      next: (snapshot) => {
        const { authentication } = snapshot.children;
        if (authentication) settle(() => resolve(authentication.getSnapshot().context));
        else if (snapshot.hasTag('failed')) settle(() => resolve(undefined));
      },
      error: (error) => settle(() => reject(error)),
    });
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();

    function settle(how: () => void): void {
      subscription.unsubscribe();
      signal.removeEventListener('abort', abort);
      actor.send({ type: 'stop' });
      how();
    }
  });
}

async function report(
  named: Endpoint,
  actor: ClientActor,
  course: Course,
  login: Login | undefined,
  signal: AbortSignal,
): Promise<Examination> {
  const { settings, candidates, candidate, tried, error, redirects, channel } = actor.getSnapshot().context;
  // One that discovery found keeps the reason that discovery gave; the client was told the place and no more.
  const endpoint = (redirects > 0 && candidates[candidate]) || named;
  const facts = factsOf(endpoint, course);
  const metTls = course.isSecured || (endpoint.url !== undefined && facts.connectTime !== undefined);
  const mayLook = endpoint.security !== 'none' && (metTls || ABOUT_TLS.test(error?.condition ?? ''));
  const tls = mayLook ? await lookAtTls(endpoint, settings, limited(settings, signal)).catch(ignore) : undefined;
  signal.throwIfAborted();
  return {
    endpoint,
    before: tried.slice(0, redirects),
    tls,
    tlsVersion: channel?.tlsVersion,
    login,
    error: login?.choice.chosen ? undefined : error,
    ...facts,
  };
}

/** Errors of somebody who has met TLS. */
const ABOUT_TLS = /^(?:certificate-|client-certificate-|tls-failed$|websocket-refused$)/;

function factsOf({ security }: Endpoint, course: Course) {
  const { connectTime, tlsTime, featuresInClear, featuresUnderTls } = course;
  // In a WebSocket TLS is below what the chart hears of.
  if (security !== 'starttls') {
    return { connectTime, tlsTime, clearFeatures: undefined, features: featuresUnderTls ?? featuresInClear };
  }
  return { connectTime, tlsTime, clearFeatures: featuresInClear, features: featuresUnderTls };
}

function limited({ timeouts }: ClientInput, signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(timeouts.secure)]);
}

/** What cannot be looked at is not shown; what is wrong the client has said. */
function ignore(): undefined {
  return undefined;
}
