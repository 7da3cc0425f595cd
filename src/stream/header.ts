import { NS_CLIENT } from '../stanza/index.ts';
import { type Element, escapeAttribute } from '../xml/index.ts';
import { NS_STREAM } from './namespaces.ts';
import type { StreamErrorCondition } from './stream-condition.ts';
import { StreamError } from './stream-error.ts';

/** What a stream header says (RFC 6120 §4.7). Everything but `version` is as it came: untrusted text. */
export interface StreamHeader {
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Id of the stream, given by the server. */
  readonly id: string | undefined;
  /** `1.0`, or a later minor version. */
  readonly version: string;
  /** Default language of the stream. */
  readonly lang: string | undefined;
}

/** What the header that opens a stream is built from. */
export interface HeaderOptions {
  /** The domain that is connected to. */
  readonly to: string;
  /** Our bare JID: only once TLS hides it (RFC 6120 §4.7.1). */
  readonly from?: string | undefined;
  /** Language of people here, for the texts that the server sends. */
  readonly lang?: string | undefined;
  /** Servers only. */
  readonly id?: string | undefined;
}

/** Ends a stream that {@link buildHeader} opened. */
export const STREAM_FOOTER = '</stream:stream>';

/** How much of what came an error repeats, in UTF-16 units. */
const QUOTED_LENGTH = 100;
const VERSION = /^0*([0-9]{1,9})\.0*([0-9]{1,9})$/;

/**
 * Reads the header that answers ours.
 *
 * @param contentNamespace the namespace that the header declares for elements without prefix, if it is known. None, or
 * that of the stream, means that each stanza declares its own (RFC 6120 §4.8.3).
 * @throws StreamError `bad-format`, `invalid-namespace` or `unsupported-version`, to be sent to the peer
 */
export function parseHeader(header: Element, contentNamespace?: string): StreamHeader {
  if (header.namespace !== NS_STREAM) throw unexpected('invalid-namespace', NS_STREAM, header.namespace);
  if (header.name !== 'stream') throw unexpected('bad-format', 'stream', header.name);
  if (contentNamespace && contentNamespace !== NS_CLIENT && contentNamespace !== NS_STREAM) {
    throw unexpected('invalid-namespace', NS_CLIENT, contentNamespace);
  }
  const { from, to, id, version, 'xml:lang': lang } = header.attributes;
  return { from, to, id, version: supportedVersion(version), lang };
}

/** The text of an opening tag, XML declaration included; it ends with `>`, and {@link STREAM_FOOTER} closes it. */
export function buildHeader(options: HeaderOptions): string {
  const { to, from, lang, id } = options;
  const attributes = Object.entries({ from, to, id, version: '1.0', 'xml:lang': lang })
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${escapeAttribute(value)}"`))
    .join('');
  return `<?xml version="1.0"?><stream:stream xmlns="${NS_CLIENT}" xmlns:stream="${NS_STREAM}"${attributes}>`;
}

/** The text of an opening tag that was received, as far as it was understood: for logs. */
export function formatHeader(header: Element, contentNamespace: string): string {
  const attributes = Object.entries(header.attributes)
    .map(([name, value = '']) => ` ${name}="${escapeAttribute(value)}"`)
    .join('');
  return `<stream:${header.name} xmlns="${escapeAttribute(contentNamespace)}" xmlns:stream="${escapeAttribute(header.namespace)}"${attributes}>`;
}

/** Numbers are compared as numbers and leading zeros mean nothing; no version is 0.9 (RFC 6120 §4.7.5). */
function supportedVersion(version: string | undefined): string {
  const [, major, minor] = VERSION.exec(version ?? '0.9') ?? [];
  if (major !== '1') throw unexpected('unsupported-version', '1.0', version);
  return `${major}.${minor}`;
}

/** JSON shows whatever came in characters that may be sent back. */
function unexpected(condition: StreamErrorCondition, expected: string, got: string | undefined): StreamError {
  const came = got ? JSON.stringify(got.slice(0, QUOTED_LENGTH)) : 'none';
  return new StreamError(condition, { text: `Expected "${expected}", got ${came}` });
}
