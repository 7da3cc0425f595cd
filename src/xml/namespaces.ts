import { beginningOf } from '../errors/index.ts';
import { XmlError } from './xml-error.ts';

/** Namespace of the prefix `xml`, which is always declared. */
export const NS_XML = 'http://www.w3.org/XML/1998/namespace';
/** Namespace of the declarations themselves; nothing may be in it. */
export const NS_XMLNS = 'http://www.w3.org/2000/xmlns/';

/** The prefixes declared so far, innermost last. Few at a time, so two arrays beat every other structure. */
export class PrefixScope {
  private readonly prefixes: string[] = [];
  private readonly namespaces: string[] = [];
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  get size(): number {
    return this.prefixes.length;
  }

  /** `start` is the scope's size when the element began: it must not declare a prefix twice. */
  declare(prefix: string, namespace: string, start: number): void {
    checkDeclaration(prefix, namespace);
    for (let at = start; at < this.prefixes.length; at++) {
      if (this.prefixes[at] === prefix)
        throw new XmlError('not-well-formed', `two declarations of the prefix ${prefix}`);
    }
    if (this.prefixes.length >= this.limit) {
      throw new XmlError('policy-violation', `expected at most ${this.limit} prefixes declared at once, got more`);
    }
    this.prefixes.push(prefix);
    this.namespaces.push(namespace);
  }

  resolve(prefix: string): string {
    for (let at = this.prefixes.length - 1; at >= 0; at--) {
      const namespace = this.namespaces[at];
      if (this.prefixes[at] === prefix && namespace !== undefined) return namespace;
    }
    if (prefix === 'xml') return NS_XML;
    throw new XmlError('bad-namespace-prefix', `expected a declared prefix, got ${beginningOf(prefix, 64)}`);
  }

  /** Forgets what was declared after the scope had this size. */
  shrink(size: number): void {
    if (size === this.prefixes.length) return;
    this.prefixes.length = size;
    this.namespaces.length = size;
  }
}

/** Whether a namespace can be neither the default one nor bound to another prefix. */
export function isReserved(namespace: string): boolean {
  return namespace === NS_XML || namespace === NS_XMLNS;
}

/** Namespaces in XML 1.0 §3: what `xmlns="…"` may say. */
export function checkDefaultNamespace(namespace: string): void {
  if (isReserved(namespace)) {
    throw new XmlError('bad-namespace-prefix', `${namespace} cannot be the default namespace`);
  }
}

function checkDeclaration(prefix: string, namespace: string): void {
  if (prefix === 'xmlns' || namespace === NS_XMLNS) {
    throw new XmlError('bad-namespace-prefix', 'neither the prefix xmlns nor its namespace can be declared');
  }
  if ((prefix === 'xml') !== (namespace === NS_XML)) {
    throw new XmlError('bad-namespace-prefix', `the prefix xml and ${NS_XML} belong to each other`);
  }
  if (namespace === '') {
    throw new XmlError('bad-namespace-prefix', `expected a namespace for the prefix ${prefix}, got an empty value`);
  }
}
