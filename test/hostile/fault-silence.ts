import { NOTHING, type Outcome } from './fault-fate.ts';

/** How long a client waits, and what it makes of it when nothing comes. */
export interface Patience {
  /** Milliseconds, one after the other where it asks in between whether anybody is there. */
  readonly times: readonly number[];
  readonly outcome: Outcome;
}

const NOT_BEGUN: Patience = { times: [15_000], outcome: ['transport/timeout', 'retry-elsewhere'] };
const NOT_OPENED: Patience = { times: [15_000], outcome: ['transport/timeout', 'retry-elsewhere'] };
const NOT_SECURED: Patience = { times: [15_000], outcome: ['transport/timeout', 'retry-elsewhere'] };
const NOT_BOUND: Patience = { times: [15_000], outcome: ['transport/timeout', 'retry-elsewhere'] };
const NOT_AUTHENTICATED: Patience = { times: [30_000], outcome: ['sasl/temporary-auth-failure', 'retry'] };
const NOT_ALIVE: Patience = { times: [60_000, 15_000], outcome: ['transport/connection-dead', 'retry-elsewhere'] };

/** The patience in each step, by its title. Where the application lets everybody wait, the server is not silent. */
export const PATIENCE: Readonly<Record<string, Patience>> = {
  'linked.connecting, in the TLS handshake': NOT_BEGUN,
  'linked.connecting, before HTTP': NOT_BEGUN,
  'linked.opening.awaitingHeader': NOT_OPENED,
  'linked.opening.awaitingFeatures': NOT_OPENED,
  'linked.securing.awaitingProceed': NOT_SECURED,
  'linked.securing.handshaking': NOT_SECURED,
  'linked.secured.awaitingHeader': NOT_OPENED,
  'linked.secured.awaitingFeatures': NOT_OPENED,
  'linked.authenticating': NOT_AUTHENTICATED,
  'linked.authenticating, after a challenge': NOT_AUTHENTICATED,
  'linked.authenticating, with PLAIN': NOT_AUTHENTICATED,
  'linked.authenticating, asking for credentials': {
    times: [300_000],
    outcome: ['sasl/missing-credentials', 'needs-credentials'],
  },
  'linked.loggingIn.awaitingHeader': NOT_OPENED,
  'linked.loggingIn.awaitingFeatures': NOT_OPENED,
  'linked.loggingIn.exchanging': NOT_AUTHENTICATED,
  'linked.loggingIn.exchanging, after a challenge': NOT_AUTHENTICATED,
  'linked.loggingIn.exchanging, with PLAIN': NOT_AUTHENTICATED,
  'linked.loggingIn.exchanging, with a token': NOT_AUTHENTICATED,
  'linked.loggingIn.exchanging, resuming': NOT_AUTHENTICATED,
  'linked.loggingIn.awaitingNewFeatures': NOT_OPENED,
  'linked.restarting.awaitingHeader': NOT_OPENED,
  'linked.restarting.awaitingFeatures': NOT_OPENED,
  'linked.resuming': NOT_BOUND,
  'linked.binding': NOT_BOUND,
  'linked.establishing.awaitingSession': NOT_BOUND,
  'linked.establishing.awaitingManagement': NOT_BOUND,
  'linked.establishing.awaitingManagement, after SASL2': NOT_BOUND,
  'linked.online': NOT_ALIVE,
  'linked.online, managed': NOT_ALIVE,
  'linked.closing': { times: [2_000], outcome: NOTHING },
};
