import { type Jid, withResource } from '../jid/index.ts';
import { buildBindResult, parseBindRequest } from '../payloads/index.ts';
import { createId, NS_CLIENT } from '../stanza/index.ts';
import { NS_BIND, NS_STREAM, NS_TLS } from '../stream/index.ts';
import { type Element, serialize } from '../xml/index.ts';
import type { Users } from './mechanisms.ts';
import type { ScriptedLine } from './scripted-line.ts';
import { type AuthenticateOptions, authenticationFeatures, exchangeSasl } from './scripted-sasl.ts';
import { exchangeSasl2, type Sasl2StepOptions, type ScriptedUsers, sasl2Features } from './scripted-sasl2.ts';
import { streamHeader } from './stream-header.ts';

/** How a resource is bound; everything has a default that works. */
export interface BindOptions {
  /** Resource that is bound; the one that the client wishes, else a random one. */
  readonly resource?: string | undefined;
  /** XML of stream features beside resource binding; none. */
  readonly features?: string | undefined;
}

/** How a client is logged in; everything has a default that works. */
export interface LoginOptions extends AuthenticateOptions, BindOptions {}

/** Awaits the client's header and answers it. Attributes given here take the place of those a server sends. */
export async function header(
  line: ScriptedLine,
  attributes: Readonly<Record<string, string | undefined>> = {},
): Promise<Element> {
  const received = await line.receive('<stream:stream>');
  const to = received.attributes.from;
  const usual = { from: line.domain, to, id: createId(), version: '1.0', 'xml:lang': 'en' };
  line.send(streamHeader({ ...usual, ...attributes }, line.link.framing));
  return received;
}

/** Sends stream features with this XML inside. */
export function features(line: ScriptedLine, xml: string): void {
  const declared = line.link.framing.joins ? '' : ` xmlns="${NS_CLIENT}" xmlns:stream="${NS_STREAM}"`;
  line.send(`<stream:features${declared}>${xml}</stream:features>`);
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
export async function authenticate(line: ScriptedLine, users: Users, options: AuthenticateOptions): Promise<Jid> {
  await header(line);
  features(line, textOfAll(authenticationFeatures(options)));
  return exchangeSasl(line, users, options);
}

/** From the client's header to the features after the success of SASL2 (XEP-0388 §2.6.1); returns the address that it got. */
export async function sasl2(line: ScriptedLine, users: ScriptedUsers, options: Sasl2StepOptions = {}): Promise<Jid> {
  await header(line);
  features(line, textOfAll(sasl2Features(options)));
  const jid = await exchangeSasl2(line, users, options);
  features(line, options.features ?? '');
  return jid;
}

/** From the client's header to the answer to its bind request (RFC 6120 §7); returns the full address. */
export async function bind(line: ScriptedLine, account: Jid, options: BindOptions = {}): Promise<Jid> {
  await header(line);
  features(line, `<bind xmlns="${NS_BIND}"/>${options.features ?? ''}`);
  const request = await line.receive(`<iq type="set"><bind xmlns="${NS_BIND}"/></iq>`);
  const jid = withResource(account, options.resource ?? parseBindRequest(request) ?? createId());
  line.sendElement(buildBindResult(request, jid));
  return jid;
}

/** From the first header to a bound session: TLS where there is none but could be, SASL, resource binding. */
export async function login(line: ScriptedLine, users: Users, options: LoginOptions = {}): Promise<Jid> {
  if (line.link.canStartTls) await startTls(line);
  const account = await authenticate(line, users, options);
  return bind(line, account, options);
}

function textOfAll(elements: readonly (Element | undefined)[]): string {
  return elements.map((each) => each && serialize(each, NS_CLIENT)).join('');
}
