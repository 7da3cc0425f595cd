import { createClient, type Delivery } from '../../src/node.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { USUAL_ACCOUNTS, type XmppServer } from '../support/server.ts';
import type { Road } from './cuts.roads.ts';

/** One of two who talk to each other. */
export interface Talker {
  /** What it heard, in order. */
  readonly heard: readonly string[];
  /** How it came online, each time. */
  readonly sessions: readonly ('new' | 'resumed')[];
  say(text: string): void;
  /** How many of its messages its server did not acknowledge. */
  unsettled(): number;
  leave(): Promise<void>;
}

/** Who talks, and to whom. */
export interface Role {
  readonly localpart: 'juliet' | 'romeo';
  readonly jid: string;
  readonly to: string;
}

const JULIET_JID = 'juliet@capulet.example/balcony';
const ROMEO_JID = 'romeo@capulet.example/orchard';

export const JULIET: Role = { localpart: 'juliet', jid: JULIET_JID, to: ROMEO_JID };
export const ROMEO: Role = { localpart: 'romeo', jid: ROMEO_JID, to: JULIET_JID };

/** Where one comes online. */
export interface Place {
  readonly server: XmppServer;
  readonly road: Road;
  /** What is laid before the port of the server. */
  readonly port?: number;
}

/** Brings somebody online; `tell` is called whenever that happens again, and whenever a message came. */
export type Enter = (role: Role, place: Place, tell: () => void) => Promise<Talker>;

/** Brings a client online that comes back 20 ms after it lost its connection. */
export async function enterClient({ localpart, jid, to }: Role, place: Place, tell: () => void): Promise<Talker> {
  const way = place.road.lead(place.server, place.port);
  const heard: string[] = [];
  const sessions: ('new' | 'resumed')[] = [];
  const deliveries: Delivery[] = [];
  const client = createClient({ ...way, jid, password: USUAL_ACCOUNTS[localpart] ?? '', reconnect: () => 20 });
  const messages = client.use(messageProtocol());
  client.on('message', ({ message }) => {
    heard.push(message.body ?? '');
    tell();
  });
  client.on('online', ({ resumed }) => {
    sessions.push(resumed ? 'resumed' : 'new');
    tell();
  });
  client.start();
  await client.online();
  return {
    heard,
    sessions,
    say: (body) => deliveries.push(messages.send({ to, body })),
    unsettled: () => deliveries.filter(({ state }) => state !== 'acknowledged').length,
    leave: () => client.stop(),
  };
}
