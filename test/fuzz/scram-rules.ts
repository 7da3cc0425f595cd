/*
 * The messages of SCRAM, as RFC 5802 §7 has them, in regular expressions: written from the ABNF, without a look at the parsers
 * in src/sasl. What those refuse beyond the ABNF stands in `isStrict`.
 */

const VALUE_SAFE_CHAR = '[^\\0=,]';
const VALUE_CHAR = '[^\\0,]';
const PRINTABLE = '[\\x21-\\x2b\\x2d-\\x7e]';
const BASE64_CHAR = '[A-Za-z0-9/+]';
const BASE64 = `((?:${BASE64_CHAR}{4})*(?:${BASE64_CHAR}{3}=|${BASE64_CHAR}{2}==)?)`;
const SASLNAME = `((?:${VALUE_SAFE_CHAR}|=2C|=3D)+)`;
const RESERVED_MEXT = `(?:m=${VALUE_CHAR}+,)?`;
const EXTENSIONS = `((?:,[A-Za-z]=${VALUE_CHAR}+)*)`;
const NONCE = `r=(${PRINTABLE}+)`;

const SERVER_FIRST = whole(`${RESERVED_MEXT}${NONCE},s=${BASE64},i=([1-9][0-9]*)${EXTENSIONS}`);
const SERVER_FINAL = whole(`(?:e=(${VALUE_CHAR}+)|v=${BASE64})${EXTENSIONS}`);
const GS2_HEADER = `(?:p=[A-Za-z0-9.\\-]+|n|y),(?:a=${SASLNAME})?,`;
const CLIENT_FIRST = whole(`${GS2_HEADER}${RESERVED_MEXT}n=${SASLNAME},${NONCE}${EXTENSIONS}`);
const CLIENT_FINAL = whole(`c=${BASE64},${NONCE}${EXTENSIONS},p=${BASE64}`);

/** What `server-first-message` says; `undefined` if it is none. */
export function readServerFirst(message: string) {
  const [, nonce = '', salt = '', iterations = ''] = SERVER_FIRST.exec(message) ?? [];
  return nonce !== '' && isStrict(message, [salt]) ? { nonce, salt, iterations: BigInt(iterations) } : undefined;
}

/** What `server-final-message` says; `undefined` if it is none. */
export function readServerFinal(message: string) {
  const found = SERVER_FINAL.exec(message);
  const [, error, verifier] = found ?? [];
  if (!found || !isStrict(message, error === undefined ? [verifier ?? ''] : [])) return undefined;
  return { error, verifier };
}

/** What `client-first-message` says; `undefined` if it is none. */
export function readClientFirst(message: string) {
  const [, authzid, username, nonce = ''] = CLIENT_FIRST.exec(message) ?? [];
  // The header is no list of attributes.
  const bare = message.slice(message.indexOf(',', message.indexOf(',') + 1) + 1);
  if (username === undefined || !isStrict(bare, [])) return undefined;
  return { authzid: authzid === undefined ? undefined : plain(authzid), username: plain(username), nonce };
}

/** What `client-final-message` says; `undefined` if it is none. */
export function readClientFinal(message: string) {
  const [, binding, nonce = '', , proof] = CLIENT_FINAL.exec(message) ?? [];
  // An empty proof is well-formed, and wrong: the server's side finds out by its length.
  if (binding === undefined || proof === undefined || !isStrict(message, [binding, proof || 'AAAA'])) return undefined;
  return { binding, nonce, proof };
}

/**
 * What the ABNF allows and the parsers refuse: `m=`, which stands for an extension that is mandatory (§5.1); an attribute twice;
 * base64 of nothing, which leaves out what it is there for; base64 with stray bits (RFC 4648 §3.5).
 */
function isStrict(message: string, base64: readonly string[]): boolean {
  const names = message.split(',').map((attribute) => attribute.charAt(0));
  if (names.includes('m') || new Set(names).size < names.length) return false;
  return base64.every((text) => text !== '' && Buffer.from(text, 'base64').toString('base64') === text);
}

function plain(saslname: string): string {
  return saslname.replaceAll('=2C', ',').replaceAll('=3D', '=');
}

/** `u`: characters beyond U+FFFF are one each. */
function whole(expression: string): RegExp {
  return new RegExp(`^${expression}$`, 'u');
}
