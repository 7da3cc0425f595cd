import { completeLimits, type GivenXmlLimits } from './limits.ts';
import type { StreamToken, Tokenizer } from './stream-token.ts';
import { XmlReader } from './tokenizer.ts';
import { XmlError } from './xml-error.ts';

/** Input of {@link parseStream}: bytes or text, cut anywhere. */
export type XmlChunks = Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>;

/** A tokenizer for one connection. Strict: whatever XML 1.0, its namespaces and RFC 6120 §11 forbid ends in an error. */
export function createTokenizer(limits: GivenXmlLimits = {}): Tokenizer {
  return new XmlReader(completeLimits(limits));
}

/**
 * Parses a whole stream: its header, its elements, its end. What is wrong comes as the last token, also where the chunks
 * end before the stream does.
 */
export async function* parseStream(chunks: XmlChunks, limits: GivenXmlLimits = {}): AsyncGenerator<StreamToken, void> {
  const reader = new XmlReader(completeLimits(limits));
  for await (const chunk of chunks) {
    write(reader, chunk);
    for (let token = reader.read(); token !== undefined; token = reader.read()) {
      yield token;
      if (token.type === 'error') return;
    }
  }
  if (reader.hasEnded && !reader.hasUnread) return;
  const error = new XmlError('not-well-formed', 'expected the end tag of the stream, got the end', reader.offset);
  yield { type: 'error', error };
}

function write(reader: XmlReader, chunk: Uint8Array | string): void {
  if (typeof chunk === 'string') reader.writeText(chunk);
  else reader.write(chunk);
}
