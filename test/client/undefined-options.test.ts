import { expect, it } from 'vitest';
import { type ClientOptions, clientInput, createClient, withClient } from '../../src/node.ts';
import { rejectionOf } from '../support/when.ts';

/** Every option that is not needed: a new one cannot be forgotten. */
type Absent = { readonly [Name in Exclude<keyof ClientOptions, 'jid' | 'password'>]-?: undefined };

const ABSENT: Absent = {
  credentials: undefined,
  host: undefined,
  port: undefined,
  directTls: undefined,
  insecure: undefined,
  websocket: undefined,
  memory: undefined,
  tls: undefined,
  mechanisms: undefined,
  channelBinding: undefined,
  pins: undefined,
  tokens: undefined,
  sessions: undefined,
  userAgent: undefined,
  pipelining: undefined,
  liveness: undefined,
  streamManagement: undefined,
  language: undefined,
  timeouts: undefined,
  limits: undefined,
  reconnect: undefined,
  random: undefined,
  clock: undefined,
  onTraffic: undefined,
  recorder: undefined,
  subprotocols: undefined,
  startsAtOnce: undefined,
};

const NEEDED = { jid: 'juliet@capulet.example', password: 'secret' };

it('an option that is undefined is one that is absent', () => {
  expect(comparable({ ...NEEDED, ...ABSENT })).toEqual(comparable(NEEDED));
});

it('so is what is undefined within an option', () => {
  const parts = {
    tls: {
      ca: undefined,
      minVersion: undefined,
      clientCertificate: undefined,
      fingerprints: undefined,
      dangerouslyTrustAnyCertificate: undefined,
    },
    userAgent: { id: undefined, software: undefined, device: undefined },
    liveness: { interval: undefined, patience: undefined },
    timeouts: { open: undefined },
    limits: { maxDepth: undefined, maxQueuedStanzas: undefined },
  };
  expect(comparable({ ...NEEDED, ...parts })).toEqual(comparable(NEEDED));
});

it('a client with an inspector that is undefined has none, and starts with the password that it has', async () => {
  const client = createClient({
    ...NEEDED,
    ...ABSENT,
    memory: unreachable,
    reconnect: () => undefined,
    inspect: undefined,
  });
  client.start({ password: undefined });
  expect(await rejectionOf(client.online({ signal: undefined }))).toMatchObject({
    code: 'transport/connection-failed',
  });
});

it('a client that does one thing does not reconnect where `reconnect` is undefined', async () => {
  const attempt = withClient(
    { ...NEEDED, ...ABSENT, memory: unreachable, signal: undefined, timeout: undefined },
    () => 'online',
  );
  expect(await rejectionOf(attempt)).toMatchObject({ code: 'transport/connection-failed' });
});

function unreachable(): never {
  throw new Error('Nobody is at home');
}

/** What of an input can be compared: functions that are the client's own are not, nor is what it makes for itself. */
function comparable(options: ClientOptions) {
  const { credentials, recorder, saltedPasswords, userAgent, ...rest } = clientInput(options);
  const { id, ...agent } = userAgent;
  return { ...rest, agent, kinds: [credentials, recorder, saltedPasswords, id].map((each) => typeof each) };
}
