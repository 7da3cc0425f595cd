import { randomBytes } from 'node:crypto';
import { type ClientExchange, MECHANISMS, type Mechanism } from '../../../sasl/index.ts';
import { nodeScramCrypto } from '../../../sasl/node.ts';
import { NS_SASL } from '../../../stream/index.ts';
import { type Element, textOf } from '../../../xml/index.ts';
import { hear, named } from './hearing.ts';
import type { Outcome, Scene } from './scene.ts';

/** The mechanisms of RFC 5802 and 7677 without channel binding, the strongest first: they show no server the password. */
const USABLE: readonly Mechanism[] = MECHANISMS.filter(({ name }) => /^SCRAM-SHA-(1|256|512)$/.test(name));

/** The strongest SCRAM that was offered; undefined where none was. */
export function scramFor({ offer }: Scene): Mechanism | undefined {
  return USABLE.find(({ name }) => offer?.mechanisms.includes(name));
}

/** Logs in, with the right password or another. */
export async function logIn(scene: Scene, password = scene.walker.password): Promise<Outcome> {
  const begun = await begin(scene, password);
  return begun.learnt?.exchange === undefined ? begun : goOn({ ...scene, ...begun.learnt });
}

/** Sends the first message of SCRAM, and hears the challenge. */
export async function begin(scene: Scene, password = scene.walker.password): Promise<Outcome> {
  const { connection, walker } = scene;
  const mechanism = scramFor(scene);
  if (mechanism === undefined) throw new TypeError('Expected a server that offers SCRAM');
  const exchange = mechanism.createExchange({ username: walker.username, password }, { crypto: nodeScramCrypto });
  connection.write(authText(mechanism.name, encode(await exchange.start())));
  const reaction = await hear(connection, named('challenge', 'failure', 'success'), walker.limit);
  const challenge = reaction.elements.find(({ name }) => name === 'challenge');
  return challenge === undefined ? { reaction } : { reaction, learnt: { exchange, challenge: decode(challenge) } };
}

/** Answers the challenge, rightly or with a proof of nothing, and hears whether the server is content. */
export async function goOn(
  { connection, walker, exchange, challenge }: Scene,
  { isForged = false }: { readonly isForged?: boolean } = {},
): Promise<Outcome> {
  if (exchange === undefined) throw new TypeError('Expected an exchange that has begun');
  const answer = await exchange.answer(challenge);
  connection.write(responseText(encode(isForged ? forged(answer) : answer)));
  const reaction = await hear(connection, named('failure', 'success'), walker.limit);
  const success = reaction.elements.find(({ name }) => name === 'success');
  const proven = success !== undefined && isProof(exchange, decode(success));
  return { reaction: { ...reaction, proven }, learnt: { exchange: undefined } };
}

/** `<auth/>`, without an initial response where none is given. */
export function authText(mechanism: string, initial = ''): string {
  return `<auth xmlns="${NS_SASL}" mechanism="${mechanism}">${initial}</auth>`;
}

/** `<response/>`, whatever stands in it. */
export function responseText(data: string): string {
  return `<response xmlns="${NS_SASL}">${data}</response>`;
}

/** A password that is nobody's. */
export function wrongPassword(): string {
  return randomBytes(12).toString('hex');
}

/** The same message with a proof of as many octets, all zero (RFC 5802 §5.1). */
function forged(answer: Uint8Array): Uint8Array {
  const text = Buffer.from(answer).toString();
  const proof = Buffer.from(/,p=(.*)$/.exec(text)?.[1] ?? '', 'base64');
  return Buffer.from(text.replace(/,p=.*$/, `,p=${Buffer.alloc(proof.length).toString('base64')}`));
}

function isProof(exchange: ClientExchange, additional: Uint8Array): boolean {
  try {
    exchange.finish(additional);
    return true;
  } catch {
    return false;
  }
}

function encode(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? new Uint8Array(0)).toString('base64');
}

function decode(element: Element): Uint8Array {
  return Buffer.from(textOf(element), 'base64');
}
