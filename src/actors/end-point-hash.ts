/**
 * The hash function for `tls-server-end-point`: that of the signature of the server's certificate, SHA-256 instead of MD5 and
 * SHA-1 (RFC 5929 §4.1). As `createHash` names it. `undefined` where the signature has none or two, as Ed25519, or is of
 * a kind that is not known here: then no login can be bound to the certificate.
 *
 * Node 20 does not tell how a certificate is signed, and a library for X.509 takes longer to load than a login takes. So this
 * one field is read here, from a certificate (DER) that OpenSSL has accepted.
 */
export function endPointHash(certificate: Uint8Array): string | undefined {
  // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue } (RFC 5280 §4.1)
  const [algorithm, parameters] = insideOf(insideOf(valuesIn(certificate)[0])[1]);
  const name = nameOf(algorithm);
  return name === RSASSA_PSS ? hashOfPss(parameters) : SIGNATURES.get(name);
}

/** Its parameters name the hash function, and that of the mask generation; SHA-1 both if absent (RFC 4055 §3.1). */
function hashOfPss(parameters: Value | undefined): string | undefined {
  const fields = insideOf(parameters);
  const [hash] = explicit(fields, 0);
  const [, ofMask] = explicit(fields, 1);
  const name = hash ? nameOf(hash) : SHA_1;
  const nameOfMask = ofMask ? nameOf(insideOf(ofMask)[0]) : SHA_1;
  return name === nameOfMask ? HASHES.get(name) : undefined;
}

/** What is in the SEQUENCE of the field with this number. */
function explicit(fields: readonly Value[], number: number): readonly Value[] {
  return insideOf(insideOf(fields.find(({ tag }) => tag === 0xa0 + number))[0]);
}

const SHA_1 = '2b0e03021a';
/** 1.2.840.113549.1.1 (RFC 8017 appendix A), 1.2.840.10045.4 (RFC 5758 §3.2) and 2.16.840.1.101.3.4.2 (RFC 8017 appendix B.1) */
const [RSA, ECDSA, SHA_2] = ['2a864886f70d0101', '2a8648ce3d04', '6086480165030402'];
const RSASSA_PSS = `${RSA}0a`;

const SIGNATURES: ReadonlyMap<string, string> = new Map([
  [`${RSA}04`, 'sha256'],
  [`${RSA}05`, 'sha256'],
  [`${RSA}0e`, 'sha224'],
  [`${RSA}0b`, 'sha256'],
  [`${RSA}0c`, 'sha384'],
  [`${RSA}0d`, 'sha512'],
  [`${ECDSA}01`, 'sha256'],
  [`${ECDSA}0301`, 'sha224'],
  [`${ECDSA}0302`, 'sha256'],
  [`${ECDSA}0303`, 'sha384'],
  [`${ECDSA}0304`, 'sha512'],
]);

const HASHES: ReadonlyMap<string, string> = new Map([
  [SHA_1, 'sha256'],
  [`${SHA_2}04`, 'sha224'],
  [`${SHA_2}01`, 'sha256'],
  [`${SHA_2}02`, 'sha384'],
  [`${SHA_2}03`, 'sha512'],
]);

/** A value in DER (X.690 §8.1): what it is, and its content. */
interface Value {
  readonly tag: number;
  readonly content: Uint8Array;
}

const OBJECT_IDENTIFIER = 0x06;
const NOTHING: readonly Value[] = [];

function nameOf(value: Value | undefined): string {
  return value?.tag === OBJECT_IDENTIFIER ? Buffer.from(value.content).toString('hex') : '';
}

/** The values within one that is constructed; none if it is not. */
function insideOf(value: Value | undefined): readonly Value[] {
  return value && (value.tag & 0x20) !== 0 ? valuesIn(value.content) : NOTHING;
}

/** The values that follow each other; none at all unless all of it is values. */
function valuesIn(bytes: Uint8Array): readonly Value[] {
  const values: Value[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const [tag = 0, first = 0x80] = rest;
    // Certificates have no tags beyond 30, no indefinite lengths, and not 16 MB.
    const lengthBytes = first < 0x80 ? 0 : first - 0x80;
    if ((tag & 0x1f) === 0x1f || first === 0x80 || lengthBytes > 3) return NOTHING;
    const start = 2 + lengthBytes;
    const length = rest.subarray(2, start).reduce((sum, byte) => sum * 256 + byte, lengthBytes === 0 ? first : 0);
    if (start + length > rest.length) return NOTHING;
    values.push({ tag, content: rest.subarray(start, start + length) });
    rest = rest.subarray(start + length);
  }
  return values;
}
