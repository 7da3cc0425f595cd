import { createJid, type Jid, withResource } from '../jid/index.ts';
import { buildBindResult, parseBindRequest } from '../payloads/index.ts';
import { Sealed } from '../sasl/index.ts';
import {
  buildChallenge,
  buildFailure,
  buildSuccess,
  parseClientSaslElement,
  type ServerExchange,
} from '../sasl/server.ts';
import { createId, NS_CLIENT } from '../stanza/index.ts';
import { NS_BIND, NS_SASL, NS_TLS } from '../stream/index.ts';
import { type Element, serialize } from '../xml/index.ts';
import type { ServerMechanism } from './accounts.ts';
import type { ScriptedLine } from './scripted-line.ts';
import { serverHeader } from './server-header.ts';

/** How a resource is bound; everything has a default that works. */
export interface BindOptions {
  /** Resource that is bound; the one that the client wishes, else a random one. */
  readonly resource?: string | undefined;
  /** XML of stream features beside resource binding; none. */
  readonly features?: string | undefined;
}

/** How a client is logged in; everything has a default that works. */
export interface LoginOptions extends BindOptions {
  /** The one SASL mechanism that is offered; SCRAM-SHA-256. */
  readonly mechanism?: ServerMechanism | undefined;
}

/** Makes the server's side of an authentication. */
export type CreateExchange = (mechanism: ServerMechanism) => ServerExchange;

/** Awaits the client's header and answers it. Attributes given here take the place of those a server sends. */
export async function header(
  line: ScriptedLine,
  attributes: Readonly<Record<string, string | undefined>> = {},
): Promise<Element> {
  const received = await line.receive('<stream:stream>');
  const to = received.attributes.from;
  line.send(serverHeader({ from: line.domain, to, id: createId(), version: '1.0', 'xml:lang': 'en', ...attributes }));
  return received;
}

/** Sends stream features with this XML inside. */
export function features(line: ScriptedLine, xml: string): void {
  line.send(`<stream:features>${xml}</stream:features>`);
}

/** From the client's header to the end of the TLS handshake (RFC 6120 §5.4). */
export async function startTls(line: ScriptedLine): Promise<void> {
  await header(line);
  features(line, `<starttls xmlns="${NS_TLS}"><required/></starttls>`);
  await line.receive(`<starttls xmlns="${NS_TLS}"/>`);
  line.send(`<proceed xmlns="${NS_TLS}"/>`);
  await line.secure();
}

/** From the client's header to the success of SASL (RFC 6120 §6.4); returns the account's address. */
export async function authenticate(
  line: ScriptedLine,
  createExchange: CreateExchange,
  mechanism: ServerMechanism = 'SCRAM-SHA-256',
): Promise<Jid> {
  await header(line);
  features(line, `<mechanisms xmlns="${NS_SASL}"><mechanism>${mechanism}</mechanism></mechanisms>`);
  const exchange = createExchange(mechanism);
  let received = await line.receive(`<auth xmlns="${NS_SASL}" mechanism="${mechanism}"/>`);
  for (;;) {
    const reply = await exchange.answer(payloadOf(received));
    if (reply.type === 'success') {
      sendElement(line, buildSuccess(reply.data && new Sealed(reply.data)));
      return createJid({ localpart: reply.username, domainpart: line.domain });
    }
    if (reply.type === 'failure') {
      sendElement(line, buildFailure(reply.condition, reply.text));
      throw line.fail(`The client did not authenticate: ${reply.condition}, ${reply.text}`);
    }
    sendElement(line, buildChallenge(new Sealed(reply.data)));
    received = await line.receive(`<response xmlns="${NS_SASL}"/>`);
  }
}

/** From the client's header to the answer to its bind request (RFC 6120 §7); returns the full address. */
export async function bind(line: ScriptedLine, account: Jid, options: BindOptions = {}): Promise<Jid> {
  await header(line);
  features(line, `<bind xmlns="${NS_BIND}"/>${options.features ?? ''}`);
  const request = await line.receive(`<iq type="set"><bind xmlns="${NS_BIND}"/></iq>`);
  const jid = withResource(account, options.resource ?? parseBindRequest(request) ?? createId());
  sendElement(line, buildBindResult(request, jid));
  return jid;
}

/** From the first header to a bound session: TLS where there is none but could be, SASL, resource binding. */
export async function login(
  line: ScriptedLine,
  createExchange: CreateExchange,
  options: LoginOptions = {},
): Promise<Jid> {
  if (line.link.canStartTls) await startTls(line);
  const account = await authenticate(line, createExchange, options.mechanism);
  return bind(line, account, options);
}

function payloadOf(received: Element): Uint8Array | undefined {
  const message = parseClientSaslElement(received);
  if (message?.type === 'auth') return message.initial?.reveal();
  return message?.type === 'response' ? message.payload.reveal() : undefined;
}

function sendElement(line: ScriptedLine, element: Element): void {
  line.send(serialize(element, NS_CLIENT));
}
