import { expect } from 'vitest';
import { createTokenizer, type StreamToken, type XmlLimits } from '../../src/xml/index.ts';

const encoder = new TextEncoder();

/** Bytes of a text; given bytes as they are. */
export function bytesOf(xml: string | Uint8Array): Uint8Array {
  return typeof xml === 'string' ? encoder.encode(xml) : xml;
}

/** The same bytes in chunks of one size. */
export function chunked(xml: string | Uint8Array, size: number): Uint8Array[] {
  const bytes = bytesOf(xml);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
  return chunks;
}

/** Everything a tokenizer makes of some chunks. */
export function tokensOf(chunks: readonly Uint8Array[], limits: Partial<XmlLimits> = {}): StreamToken[] {
  const tokenizer = createTokenizer(limits);
  const tokens: StreamToken[] = [];
  for (const chunk of chunks) {
    tokenizer.write(chunk);
    for (let token = tokenizer.read(); token !== undefined; token = tokenizer.read()) tokens.push(token);
  }
  return tokens;
}

/** Tokens in a form that can be compared: an error is its condition and message. */
export function comparable(tokens: readonly StreamToken[]): unknown[] {
  return tokens.map((token) =>
    token.type === 'error' ? { condition: token.error.condition, message: token.error.message } : token,
  );
}

/** What comes out of some XML: once whole, which makes all names known, then in both ways, then cut at every index. */
export function expectSameEverywhere(xml: string, limits: Partial<XmlLimits> = {}): unknown[] {
  const bytes = bytesOf(xml);
  tokensOf([bytes], limits);
  const whole = comparable(tokensOf([bytes], limits));
  // Compared as text, which is faster.
  const text = JSON.stringify(whole);
  expect(JSON.stringify(comparable(tokensOf(chunked(bytes, 1), limits)))).toBe(text);
  for (let cut = 1; cut < bytes.length; cut++) {
    const tokens: StreamToken[] = tokensOf([bytes.slice(0, cut), bytes.slice(cut)], limits);
    expect(JSON.stringify(comparable(tokens))).toBe(text);
  }
  return whole;
}

/** A stream's header as servers send it. */
export const HEADER =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='s1'>";
export const FOOTER = '</stream:stream>';
