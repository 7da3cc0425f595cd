// Software Version, XEP-0092 version 1.1.

import { childTextOf, type Element, element } from '../xml/index.ts';
import { payloadOf } from './payload.ts';

/** Namespace of Software Version. */
export const NS_VERSION = 'jabber:iq:version';

/** What software an entity says it runs: untrusted text. */
export interface SoftwareVersion {
  /** Empty where the entity does not tell, although XEP-0092 §2 requires it. */
  readonly name: string;
  /** Empty where the entity does not tell, although XEP-0092 §2 requires it. */
  readonly version: string;
  readonly os?: string | undefined;
}

/** The payload that asks for the version. */
export function buildVersionGet(): Element {
  return element(`{${NS_VERSION}}query`);
}

/** The payload that tells the version. Whether to tell the operating system is the user's choice (XEP-0092 §5). */
export function buildVersion(software: SoftwareVersion): Element {
  const { name, version, os } = software;
  return element(
    `{${NS_VERSION}}query`,
    {},
    element('name', {}, name),
    element('version', {}, version),
    os === undefined ? undefined : element('os', {}, os),
  );
}

/**
 * Reads the answer to a version request, from the iq or its payload.
 *
 * @throws StanzaError what was answered instead, or `bad-request`
 */
export function parseVersion(result: Element | undefined): SoftwareVersion {
  const query = payloadOf(result, 'query', NS_VERSION);
  return {
    name: childTextOf(query, 'name') ?? '',
    version: childTextOf(query, 'version') ?? '',
    os: childTextOf(query, 'os'),
  };
}
