import { OptionError } from '../errors/index.ts';
import {
  buildAuth,
  buildResponse,
  type ChannelBinding,
  type ChannelBindingType,
  type ClientExchange,
  type Credentials,
  type ExchangeOptions,
  MECHANISMS,
  type Mechanism,
  parseSaslElement,
  SaslError,
  Sealed,
} from '../sasl/index.ts';
import { nodeScramCrypto } from '../sasl/node.ts';
import { NS_SASL } from '../stream/index.ts';
import { type Element, is } from '../xml/index.ts';
import type { Expected } from './expectation.ts';
import type { ScriptedLine } from './scripted-line.ts';
import { DEFAULT_MECHANISM } from './scripted-sasl.ts';

/** How a scripted client authenticates. */
export interface ClientAuthenticateOptions
  extends Credentials,
    Pick<ExchangeOptions, 'canBind' | 'offer' | 'requireOfferHash'> {
  /** Any that this package knows, also one that was not offered; SCRAM-SHA-256. */
  readonly mechanism?: string | undefined;
  /** For mechanisms with -PLUS: a type, or a value, also a wrong one; the strongest type that the connection has. */
  readonly channelBinding?: ChannelBindingType | ChannelBinding | undefined;
  /** What the server answers at last; `<success/>`. With `<failure/>` the script goes on after a failure. */
  readonly outcome?: Expected | undefined;
}

/** What differs between SASL and SASL2. */
export interface SaslDialect {
  readonly namespace: string;
  begin(mechanism: string, initial: Sealed<Uint8Array> | undefined): Element;
  respond(response: Sealed<Uint8Array>): Element;
  /** Reads what the server said; `undefined` if that is none of its messages. */
  read(
    received: Element,
  ):
    | { readonly type: 'challenge'; readonly payload: Sealed<Uint8Array> }
    | { readonly type: 'success'; readonly payload: Sealed<Uint8Array> | undefined }
    | { readonly type: 'failure' | 'continue' }
    | undefined;
}

const SASL: SaslDialect = {
  namespace: NS_SASL,
  begin: buildAuth,
  respond: buildResponse,
  read: parseSaslElement,
};

/** From the features to the outcome (RFC 6120 §6.4). What the mechanism does not accept of the server is an error of the script. */
export async function exchangeSasl(
  line: ScriptedLine,
  options: ClientAuthenticateOptions,
  dialect: SaslDialect = SASL,
): Promise<Element> {
  try {
    return await exchange(line, options, dialect);
  } catch (cause) {
    throw cause instanceof SaslError ? line.fail(cause.message, cause) : cause;
  }
}

async function exchange(
  line: ScriptedLine,
  options: ClientAuthenticateOptions,
  dialect: SaslDialect,
): Promise<Element> {
  const { namespace, begin, respond, read } = dialect;
  const { mechanism = DEFAULT_MECHANISM, outcome = `<success xmlns="${namespace}"/>` } = options;
  const authentication = await beginAuthentication(line, mechanism, options);
  const initial = await authentication.start();
  line.sendElement(begin(mechanism, initial && new Sealed(initial)));
  for (;;) {
    const received = await line.receive(outcome, (element) => is(element, 'challenge', namespace));
    const message = read(received);
    if (message?.type === 'success') authentication.finish(message.payload?.reveal());
    if (message?.type !== 'challenge') return received;
    line.sendElement(respond(new Sealed(await authentication.answer(message.payload.reveal()))));
  }
}

async function beginAuthentication(
  line: ScriptedLine,
  name: string,
  options: ClientAuthenticateOptions,
): Promise<ClientExchange> {
  const mechanism = MECHANISMS.find((each) => each.name === name);
  if (mechanism === undefined) {
    throw new OptionError(`Expected one of ${MECHANISMS.map((each) => each.name).join(', ')}, got ${name}`);
  }
  const { canBind, offer, requireOfferHash } = options;
  const channelBinding = await bindingFor(mechanism, line, options);
  return mechanism.createExchange(options, {
    crypto: nodeScramCrypto,
    channelBinding,
    canBind,
    offer,
    requireOfferHash,
  });
}

async function bindingFor(
  { name, binds }: Mechanism,
  { link }: ScriptedLine,
  { channelBinding: wish }: ClientAuthenticateOptions,
): Promise<ChannelBinding | undefined> {
  if (typeof wish === 'object') return wish;
  if (binds === undefined || binds === 'inherent') return undefined;
  const { channel } = link.security;
  const type = wish ?? (binds === 'any' ? channel?.bindings[0] : binds);
  if (channel && type) return { type, data: await channel.bindingData(type) };
  throw new OptionError(`${name} needs TLS, or a value given as channelBinding`);
}
