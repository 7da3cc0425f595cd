import type { Jid } from '../jid/index.ts';
import { buildBindRequest, parseBindResult } from '../payloads/index.ts';
import { NS_SASL2 } from '../sasl/index.ts';
import { createId } from '../stanza/index.ts';
import { NS_BIND, NS_SASL, NS_TLS } from '../stream/index.ts';
import { childOf, type Element, is } from '../xml/index.ts';
import { type ClientAuthenticateOptions, exchangeSasl } from './client-sasl.ts';
import { type ClientSasl2Options, exchangeSasl2 } from './client-sasl2.ts';
import type { ScriptedLine } from './scripted-line.ts';
import { streamHeader } from './stream-header.ts';

/** How a scripted client logs in. */
export interface ClientLoginOptions extends Omit<ClientAuthenticateOptions, 'outcome'> {
  /** Resource to ask for; the server makes one up. */
  readonly resource?: string | undefined;
}

/** Sends a client's header, and awaits the server's. Attributes given here take the place of those a client sends. */
export function header(
  line: ScriptedLine,
  attributes: Readonly<Record<string, string | undefined>> = {},
): Promise<Element> {
  const usual = { to: line.domain, version: '1.0', 'xml:lang': 'en' };
  line.send(streamHeader({ ...usual, ...attributes }, line.link.framing));
  return line.receive('<stream:stream>');
}

/** Awaits stream features that have this XML inside. */
export function features(line: ScriptedLine, xml = ''): Promise<Element> {
  return line.receive(`<stream:features>${xml}</stream:features>`);
}

/** Begins a stream, which must offer this. */
async function open(line: ScriptedLine, xml?: string): Promise<Element> {
  await header(line);
  return features(line, xml);
}

/** The handshake alone; it must end well. */
export async function secure(line: ScriptedLine): Promise<void> {
  await line.secure();
  line.assertOpen('TLS with a certificate that can be trusted');
}

/** From the client's header to the end of the TLS handshake (RFC 6120 §5.4). */
export async function startTls(line: ScriptedLine): Promise<void> {
  await open(line, `<starttls xmlns="${NS_TLS}"/>`);
  await negotiateTls(line);
}

/** From the client's header to the outcome of SASL (RFC 6120 §6.4). */
export async function authenticate(line: ScriptedLine, options: ClientAuthenticateOptions): Promise<Element> {
  await open(line, `<mechanisms xmlns="${NS_SASL}"/>`);
  return exchangeSasl(line, options);
}

/** From the client's header to the outcome of SASL2, and after success to the features (XEP-0388 §2.6.1). */
export async function sasl2(line: ScriptedLine, options: ClientSasl2Options): Promise<Element> {
  await open(line, `<authentication xmlns="${NS_SASL2}"/>`);
  const outcome = await exchangeSasl2(line, options);
  if (is(outcome, 'success', NS_SASL2)) await features(line);
  return outcome;
}

/** From the client's header to the answer to its bind request (RFC 6120 §7); returns the full address. */
export async function bind(line: ScriptedLine, resource?: string): Promise<Jid> {
  await open(line, `<bind xmlns="${NS_BIND}"/>`);
  const id = createId();
  line.sendElement(buildBindRequest(id, resource));
  const result = await line.receive(`<iq type="result" id="${id}"><bind xmlns="${NS_BIND}"><jid>*</jid></bind></iq>`);
  return parseBindResult(result);
}

/** From the first header to a bound session: TLS where it is offered and there is none yet, SASL, resource binding. */
export async function login(line: ScriptedLine, { resource, ...options }: ClientLoginOptions): Promise<Jid> {
  const offered = await open(line);
  if (line.link.canStartTls && childOf(offered, 'starttls', NS_TLS)) {
    await negotiateTls(line);
    await open(line, `<mechanisms xmlns="${NS_SASL}"/>`);
  }
  await exchangeSasl(line, options);
  return bind(line, resource);
}

async function negotiateTls(line: ScriptedLine): Promise<void> {
  line.send(`<starttls xmlns="${NS_TLS}"/>`);
  await line.receive(`<proceed xmlns="${NS_TLS}"/>`);
  await secure(line);
}
