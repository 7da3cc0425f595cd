import { describe, expect, it } from 'vitest';
import { endPointHash } from '../../src/actors/end-point-hash.ts';

/** 1.2.840.113549.1.1.10, 1.2.840.113549.1.1.8, and hash functions of RFC 8017 appendix B.1. */
const PSS = '06092a864886f70d01010a';
const MGF1 = '06092a864886f70d010108';
const ECDSA_SHA384 = '06082a8648ce3d040303';
const SHA256 = '0609608648016503040201';
const SHA512 = '0609608648016503040203';

describe('the hash function that a login is bound to a certificate with', () => {
  it.each([
    ['MD5 with RSA: SHA-256 instead', '06092a864886f70d010104', 'sha256'],
    ['SHA-1 with RSA: SHA-256 instead', '06092a864886f70d010105', 'sha256'],
    ['SHA-224 with RSA', '06092a864886f70d01010e', 'sha224'],
    ['SHA-384 with RSA', '06092a864886f70d01010c', 'sha384'],
    ['SHA-512 with RSA', '06092a864886f70d01010d', 'sha512'],
    ['SHA-1 with ECDSA: SHA-256 instead', '06072a8648ce3d0401', 'sha256'],
    ['SHA-224 with ECDSA', '06082a8648ce3d040301', 'sha224'],
    ['SHA-512 with ECDSA', '06082a8648ce3d040304', 'sha512'],
    ['Ed448, which has none of its own', '06032b6571', undefined],
    ['an algorithm that nobody knows', '06032a0304', undefined],
    ['a number instead of an algorithm', '020101', undefined],
  ])('is that of the signature: %s (RFC 5929 §4.1)', (_title, algorithm, hash) => {
    expect(endPointHash(signedWith(algorithm))).toBe(hash);
  });

  it.each([
    ['SHA-1, for both are left out', PSS, 'sha256'],
    ['SHA-1, for there is nothing in the parameters', PSS + sequence(''), 'sha256'],
    ['SHA-512 twice', PSS + sequence(hash(SHA512) + mask(SHA512)), 'sha512'],
    ['SHA-256 twice, with a salt', PSS + sequence(hash(SHA256) + mask(SHA256) + explicit(2, '020120')), 'sha256'],
    ['two: SHA-512, and SHA-1 for the mask', PSS + sequence(hash(SHA512)), undefined],
    ['two: SHA-1, and SHA-512 for the mask', PSS + sequence(mask(SHA512)), undefined],
    ['two: SHA-512, and SHA-256 for the mask', PSS + sequence(hash(SHA512) + mask(SHA256)), undefined],
  ])('of RSASSA-PSS is in its parameters: %s (RFC 4055 §3.1)', (_title, algorithm, expected) => {
    expect(endPointHash(signedWith(algorithm))).toBe(expected);
  });

  it('is read behind a long beginning', () => {
    for (const length of [127, 128, 255, 256, 65_535, 65_536]) {
      expect([length, endPointHash(signedWith(ECDSA_SHA384, length))]).toEqual([length, 'sha384']);
    }
  });

  it('is none where a certificate is cut, anywhere', () => {
    const whole = signedWith(PSS + sequence(hash(SHA512) + mask(SHA512)), 200);
    const found = Array.from(whole, (_byte, length) => endPointHash(whole.subarray(0, length)));
    expect(new Set(found)).toEqual(new Set([undefined]));
  });

  it.each([
    ['nothing', ''],
    ['a length that goes on', '3083ffff'],
    ['a text', '0c0161'],
  ])('is none where there is %s instead of a certificate', (_title, hex) => {
    expect(endPointHash(Buffer.from(hex, 'hex'))).toBe(undefined);
  });

  it.each([
    ['a length without end', '3080'],
    ['a length of four bytes', '308400000080'],
    ['a tag of more than one byte', '3f8180'],
  ])('is none where the certificate begins with %s', (_title, beginning) => {
    const whole = signedWith(ECDSA_SHA384, 108).toString('hex');
    expect([whole.slice(0, 6), endPointHash(Buffer.from(whole, 'hex'))]).toEqual(['308180', 'sha384']);
    expect(endPointHash(Buffer.from(beginning + whole.slice(6), 'hex'))).toBe(undefined);
  });
});

/** What stands around an algorithm in a certificate. */
function signedWith(algorithm: string, length = 3): Buffer {
  const signed = sequence(value('04', '00'.repeat(length)));
  return Buffer.from(sequence(signed + sequence(algorithm) + value('03', '0000')), 'hex');
}

function hash(name: string): string {
  return explicit(0, sequence(name));
}

function mask(name: string): string {
  return explicit(1, sequence(MGF1 + sequence(name)));
}

function explicit(number: number, content: string): string {
  return value(`a${number}`, content);
}

function sequence(content: string): string {
  return value('30', content);
}

function value(tag: string, content: string): string {
  const length = content.length / 2;
  const hex = length.toString(16);
  const bytes = hex.padStart(hex.length + (hex.length % 2), '0');
  return tag + (length < 128 ? bytes : `8${bytes.length / 2}${bytes}`) + content;
}
