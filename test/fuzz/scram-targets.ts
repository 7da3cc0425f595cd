import { SaslError } from '../../src/sasl/index.ts';
import { parseClientFinal, parseClientFirst, ScramSyntaxError } from '../../src/sasl/scram-grammar.ts';
import type { Random } from './random.ts';
import { conditionOfRefusal, decode, ScramLogin, toBase64 } from './scram-login.ts';
import { readClientFinal, readClientFirst, readServerFinal } from './scram-rules.ts';
import { show, type Target } from './target.ts';
import { mutateText } from './text-mutations.ts';

/** RFC 5802 §7; what is wrong with a message ends the exchange before anything is computed of the password. */
export const scramFirstTarget: Target = {
  name: "a SCRAM server's first message",
  async attempt(random) {
    const login = await ScramLogin.start(random);
    const honest = random.chance(0.05) ? 'e=other-error,x=1' : login.honestFirst(random);
    const message = mutateBytes(mutateSome(honest, random), random);
    const expected = login.expectedOfFirst(message);
    const got = await outcomeOf(() => login.exchange.answer(message));
    const text = show(Buffer.from(message).toString('latin1'));
    if (got !== expected) return `expected ${expected}, got ${got} for ${text} after ${login.clientFirst}`;
    if (login.derivations !== (isError(got) ? 0 : 1)) return `${login.derivations} derivations for ${text}`;
    if (!isError(got)) return undefined;
    const after = await outcomeOf(() => login.exchange.answer(encoder.encode(login.honestFirst(random))));
    return after === 'error out-of-order' ? undefined : `expected the end after ${text}, got ${after}`;
  },
};

/** Nothing but the right signature is success, whether it comes in a challenge or with the report of success. */
export const scramFinalTarget: Target = {
  name: "a SCRAM server's last message",
  async attempt(random) {
    const login = await ScramLogin.start(random);
    const first = login.honestFirst(random);
    const response = Buffer.from(await login.exchange.answer(encoder.encode(first))).toString();
    const verifier = login.verifierFor(first, response.slice(0, response.lastIndexOf(',p=')));
    const message = mutateBytes(
      mutateSome(random.pick([`v=${verifier}`, `v=${verifier},x=1`, 'e=other-error']), random),
      random,
    );
    const expected = expectedOfFinal(message, verifier);
    const got = random.chance(0.5)
      ? await outcomeOf(() => login.exchange.answer(message))
      : await outcomeOf(() => login.exchange.finish(message));
    if (got === expected) return undefined;
    return `expected ${expected}, got ${got} for ${show(Buffer.from(message).toString('latin1'))}, not v=${verifier}`;
  },
};

/** The messages that the server's side reads: what the grammar has, with the values it has. */
export const scramClientTarget: Target = {
  name: 'SCRAM messages of a client',
  attempt(random) {
    const first = mutateSome(random.pick(CLIENT_FIRSTS), random);
    const final = mutateSome(random.pick(CLIENT_FINALS), random);
    return (
      compare(first, readClientFirst(first), () => {
        const { gs2, username, nonce } = parseClientFirst(first);
        return { authzid: gs2.authzid, username, nonce };
      }) ??
      compare(final, readClientFinal(final), () => {
        const { channelBinding, nonce, proof } = parseClientFinal(final);
        return { binding: toBase64(channelBinding), nonce, proof: toBase64(proof) };
      })
    );
  },
};

const encoder = new TextEncoder();
const CLIENT_FIRSTS = [
  'n,,n=user,r=fyko+d2lbb',
  'y,a=u=2Cv,n=us=3Der,r=x%y',
  'p=tls-exporter,,n=\u00e9\u{1f600},r=a,x=1',
];
const CLIENT_FINALS = [
  'c=biws,r=fyko+d2lbb3rfc,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
  'c=eSws,r=x%y,x=1,p=AAAA',
  'c=cD0=,r=a,p=/w==',
];

function expectedOfFinal(message: Uint8Array, verifier: string): string {
  const text = decode(message);
  if (text === '') return 'error server-not-authenticated';
  const final = text === undefined ? undefined : readServerFinal(text);
  if (!final) return 'error malformed-challenge';
  if (final.error !== undefined) return conditionOfRefusal(final.error);
  return final.verifier === verifier ? '' : 'error server-not-authenticated';
}

function mutateSome(text: string, random: Random): string {
  return random.chance(0.25) ? text : mutateText(text, random);
}

function mutateBytes(text: string, random: Random): Uint8Array {
  const bytes = encoder.encode(text);
  if (random.chance(0.05)) bytes[random.below(bytes.length + 1)] = random.between(0x80, 0xff);
  return bytes;
}

/** The answer as text, `error` and the condition, or the error that nobody should see. */
async function outcomeOf(work: () => unknown): Promise<string> {
  try {
    const answer = await work();
    return answer instanceof Uint8Array ? Buffer.from(answer).toString() : '';
  } catch (error) {
    if (error instanceof SaslError) return `error ${error.condition}`;
    throw error;
  }
}

function isError(outcome: string): boolean {
  return outcome.startsWith('error ');
}

function compare(message: string, expected: object | undefined, read: () => object): string | undefined {
  let got: object | undefined;
  try {
    got = read();
  } catch (error) {
    if (!(error instanceof ScramSyntaxError)) throw error;
  }
  return show(got) === show(expected) ? undefined : `expected ${show(expected)}, got ${show(got)} for ${show(message)}`;
}
