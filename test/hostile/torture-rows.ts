import type { FailureClass } from '../../machines/index.ts';
import type { Chatty, Tortured } from './torture-functions.ts';
import type { LoginName } from './torture-logins.ts';

/** The first login of a client, or the one after its connection was lost. */
export type Round = 'first' | 'again';

/** What becomes of a client one of whose functions failed once. */
export interface Result {
  /** The code of its error, and the class of that; absent where it goes on. */
  readonly error?: readonly [code: string, failureClass: FailureClass];
  /** Where the error happened, if not where the function was called. */
  readonly phase?: string;
  /** The codes of what the application is told of while the client goes on. */
  readonly tells: readonly string[];
  /** How many milliseconds later. */
  readonly after: number;
}

/** A function in one state, and what comes of each way to fail there. */
export interface Torture {
  readonly during: string;
  readonly login: LoginName;
  readonly rounds: readonly Round[];
  readonly throws: Result;
  /** It gives a promise that is rejected; absent where nobody waits for a promise. */
  readonly rejects?: Result;
  /** It gives a promise that is never settled. */
  readonly hangs?: Result;
  /** It gives nothing, or what makes no sense. */
  readonly lies: Result;
}

const GOES_ON: Result = { tells: [], after: 0 };
const MISSING = fails('sasl/missing-credentials', 'needs-credentials');
const UNREADABLE_STORE = fails('transport/store-failed', 'retry');
const UNWRITABLE_STORE = tells('transport/store-failed');
const UNSAVED = tells('session-record/unsaved');
const NO_SERVER = fails('transport/connection-failed', 'retry-elsewhere');
const BUG = fails('transport/internal-error', 'terminal');
const NO_CRYPTO = fails('sasl/crypto-unavailable', 'terminal');
const SILENCE = fails('sasl/temporary-auth-failure', 'retry');
const TIMEOUT = fails('transport/timeout', 'retry-elsewhere');
const BOTH: readonly Round[] = ['first', 'again'];
const FIRST: readonly Round[] = ['first'];
const AGAIN: readonly Round[] = ['again'];

const SASL = 'linked.authenticating';
const SASL2 = 'linked.loggingIn.exchanging';
const KEEPING = 'linked.loggingIn.verifying';
const RECALLING = 'resolving.recalling';
const ASKING = 'resolving.asking';
const DIALLING = 'linked.connecting';
const ONLINE = 'linked.online';

/** What comes of it when one of those throws, whatever the state is. */
export const CHATTY: Readonly<
  Record<Chatty, { readonly result: 'goes on' | 'may break'; readonly rounds: readonly Round[] }>
> = {
  onTraffic: { result: 'goes on', rounds: ['first', 'again'] },
  inspect: { result: 'goes on', rounds: ['first', 'again'] },
  // Nobody can go without time.
  'clock.now': { result: 'may break', rounds: ['first', 'again'] },
  'clock.wallNow': { result: 'may break', rounds: ['first', 'again'] },
  'clock.setTimeout': { result: 'may break', rounds: ['first', 'again'] },
  // A client that fails to clear a timer of a lost connection does not notice the loss: no platform lets that fail.
  'clock.clearTimeout': { result: 'may break', rounds: ['first'] },
};

/** All of it, and what is documented to come of it. */
export const TORTURES: Readonly<Record<Tortured, readonly Torture[]>> = {
  credentials: [
    awaited('memory', SASL, { fails: MISSING, hangs: after(300_000, MISSING), lies: MISSING }),
    awaited('SASL2', SASL2, { fails: MISSING, hangs: after(300_000, MISSING), lies: MISSING }, FIRST),
  ],
  memory: [called('memory', DIALLING, { throws: NO_SERVER, lies: NO_SERVER })],

  // A pin that cannot be read must not be ignored; one that cannot be kept costs nobody the login.
  'pins.get': [
    awaited('memory', RECALLING, { fails: UNREADABLE_STORE, hangs: after(10_000, UNREADABLE_STORE), lies: GOES_ON }),
    awaited('memory', SASL, { fails: UNWRITABLE_STORE, hangs: after(15_000, UNWRITABLE_STORE), lies: GOES_ON }),
    awaited(
      'SASL2',
      KEEPING,
      { fails: UNWRITABLE_STORE, hangs: after(15_000, UNWRITABLE_STORE), lies: GOES_ON },
      FIRST,
    ),
  ],
  'pins.set': [
    awaited('memory', SASL, { fails: UNWRITABLE_STORE, hangs: after(15_000, UNWRITABLE_STORE), lies: GOES_ON }, FIRST),
    awaited(
      'SASL2',
      KEEPING,
      { fails: UNWRITABLE_STORE, hangs: after(15_000, UNWRITABLE_STORE), lies: GOES_ON },
      FIRST,
    ),
  ],
  // Nobody forgets a pin.
  'pins.delete': [],
  'tokens.get': [
    awaited('memory', RECALLING, { fails: UNREADABLE_STORE, hangs: after(10_000, UNREADABLE_STORE), lies: GOES_ON }),
    awaited('memory', SASL, { fails: UNWRITABLE_STORE, hangs: after(15_000, UNWRITABLE_STORE), lies: GOES_ON }),
    // A token that cannot be had is none: the password will do.
    awaited('SASL2', SASL2, { fails: GOES_ON, hangs: after(15_000, GOES_ON), lies: GOES_ON }, AGAIN),
  ],
  'tokens.set': [
    awaited(
      'SASL2',
      KEEPING,
      { fails: UNWRITABLE_STORE, hangs: after(15_000, UNWRITABLE_STORE), lies: GOES_ON },
      FIRST,
    ),
  ],
  'tokens.delete': [awaited('revoked', SASL2, { fails: GOES_ON, hangs: after(15_000, GOES_ON), lies: GOES_ON }, AGAIN)],
  'sessions.load': [
    awaited(
      'memory',
      'restoring',
      {
        fails: tells('session-record/unreadable'),
        hangs: after(10_000, tells('session-record/unreadable')),
        lies: GOES_ON,
      },
      FIRST,
    ),
  ],
  'sessions.save': [
    awaited('memory', RECALLING, { fails: UNSAVED, hangs: GOES_ON, lies: GOES_ON }, FIRST),
    awaited('memory', ONLINE, { fails: UNSAVED, hangs: GOES_ON, lies: GOES_ON }),
    awaited('memory', 'reconnecting.backingOff', { fails: UNSAVED, hangs: UNSAVED, lies: GOES_ON }, AGAIN),
  ],

  // The usual policy and the platform's randomness take their place.
  reconnect: [called('memory', ONLINE, { throws: GOES_ON, lies: GOES_ON }, AGAIN)],
  random: [
    called('memory', ONLINE, { throws: GOES_ON, lies: GOES_ON }, AGAIN),
    called('DNS', ASKING, { throws: GOES_ON, lies: GOES_ON }),
  ],

  'on.online': [called('memory', ONLINE, { throws: tells('option/invalid'), lies: GOES_ON })],
  'on.reconnecting': [
    called('memory', 'reconnecting.backingOff', { throws: tells('option/invalid'), lies: GOES_ON }, AGAIN),
  ],

  // A subprotocol harms nobody but itself.
  'subprotocols.inline': [called('SASL2', 'linked.secured.awaitingFeatures', { throws: GOES_ON, lies: GOES_ON })],
  'subprotocols.logic': [called('memory', ONLINE, { throws: tells('transport/internal-error'), lies: GOES_ON }, FIRST)],

  lookupSrv: [
    {
      ...awaited('DNS', ASKING, { fails: BUG, hangs: after(10_000, TIMEOUT), lies: BUG }),
      // Whom nobody could be asked for may be at the domain itself.
      rejects: { ...fails('transport/connection-refused', 'retry-elsewhere'), phase: DIALLING },
    },
  ],
  // What the endpoints said counts for more.
  fetchHostMeta: [
    awaited('host-meta', ASKING, {
      fails: { ...fails('transport/connection-refused', 'retry-elsewhere'), phase: DIALLING },
      hangs: after(10_000, TIMEOUT),
      lies: { ...fails('transport/connection-refused', 'retry-elsewhere'), phase: DIALLING },
    }),
  ],
  dial: [
    called('memory', DIALLING, { throws: BUG, lies: BUG }),
    called('DNS', DIALLING, { throws: BUG, lies: BUG }),
    called('host-meta', DIALLING, { throws: BUG, lies: BUG }),
  ],
  'wire.write': [
    called('DNS', 'linked.opening.awaitingHeader', { throws: BUG, lies: after(15_000, TIMEOUT) }),
    called('DNS', 'linked.securing.awaitingProceed', { throws: BUG, lies: after(15_000, TIMEOUT) }),
    called('DNS', 'linked.secured.awaitingHeader', { throws: BUG, lies: after(15_000, TIMEOUT) }),
    called('memory', SASL, { throws: BUG, lies: after(30_000, SILENCE) }),
    called('SASL2', SASL2, { throws: BUG, lies: after(30_000, SILENCE) }),
    called('host-meta', 'linked.restarting.awaitingHeader', { throws: BUG, lies: after(15_000, TIMEOUT) }),
    called('memory', 'linked.binding', { throws: BUG, lies: after(15_000, TIMEOUT) }, FIRST),
    called('memory', 'linked.resuming', { throws: BUG, lies: after(15_000, TIMEOUT) }, AGAIN),
  ],
  'wire.startTls': [called('DNS', 'linked.securing.handshaking', { throws: BUG, lies: after(15_000, TIMEOUT) })],
  'channel.bindingData': [
    awaited('DNS', SASL, { fails: NO_CRYPTO, hangs: after(300_000, MISSING), lies: NO_CRYPTO }),
    awaited('SASL2', SASL2, { fails: NO_CRYPTO, hangs: after(300_000, MISSING), lies: NO_CRYPTO }, FIRST),
  ],
  'crypto.randomBytes': [
    called('memory', SASL, { throws: NO_CRYPTO, lies: NO_CRYPTO }),
    called('SASL2', SASL2, { throws: NO_CRYPTO, lies: NO_CRYPTO }, FIRST),
  ],
  // What it gave is remembered: a later login does not ask again.
  'crypto.pbkdf2': [
    awaited('memory', SASL, { fails: NO_CRYPTO, hangs: after(30_000, SILENCE), lies: NO_CRYPTO }, FIRST),
    awaited('SASL2', SASL2, { fails: NO_CRYPTO, hangs: after(30_000, SILENCE), lies: NO_CRYPTO }, FIRST),
  ],
  'crypto.hash': [
    awaited('memory', SASL, { fails: NO_CRYPTO, hangs: after(30_000, SILENCE), lies: NO_CRYPTO }),
    awaited('SASL2', SASL2, { fails: NO_CRYPTO, hangs: after(30_000, SILENCE), lies: NO_CRYPTO }, FIRST),
  ],
  'crypto.hmac': [
    awaited('memory', SASL, { fails: NO_CRYPTO, hangs: after(30_000, SILENCE), lies: NO_CRYPTO }),
    awaited('SASL2', SASL2, { fails: NO_CRYPTO, hangs: after(30_000, SILENCE), lies: NO_CRYPTO }, FIRST),
    // With a token, before anything was sent: the password will do, unless it takes as long as a person may.
    awaited('SASL2', SASL2, { fails: GOES_ON, hangs: after(300_000, MISSING), lies: GOES_ON }, AGAIN),
  ],
};

interface Awaited {
  /** It throws, or gives a promise that is rejected. */
  readonly fails: Result;
  readonly hangs: Result;
  readonly lies: Result;
}

function awaited(login: LoginName, during: string, { fails: failed, hangs, lies }: Awaited, rounds = BOTH): Torture {
  return { during, login, rounds, throws: failed, rejects: failed, hangs, lies };
}

function called(login: LoginName, during: string, results: Pick<Torture, 'throws' | 'lies'>, rounds = BOTH): Torture {
  return { during, login, rounds, ...results };
}

function fails(code: string, failureClass: FailureClass): Result {
  return { error: [code, failureClass], tells: [], after: 0 };
}

function tells(...codes: readonly string[]): Result {
  return { tells: codes, after: 0 };
}

function after(milliseconds: number, result: Result): Result {
  return { ...result, after: milliseconds };
}
