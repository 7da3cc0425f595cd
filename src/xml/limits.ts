/** What a peer may make this client keep in memory. Whoever exceeds one gets `policy-violation`. */
export interface XmlLimits {
  /**
   * UTF-8 bytes of one element directly inside the stream, counted while it is incomplete; 1 MiB. An attribute in a
   * namespace counts with the namespace's name, which the tree repeats.
   */
  readonly maxElementBytes: number;
  /** UTF-8 bytes of a stream header with everything before it: XML declaration and white space; 64 KiB. */
  readonly maxHeaderBytes: number;
  /** Elements inside each other, not counting the stream's root; 256. */
  readonly maxDepth: number;
  /** Attributes of one element, namespace declarations included; 1000. */
  readonly maxAttributes: number;
  /** Namespace prefixes declared at once: by the header, an element and those around it; 1000. */
  readonly maxPrefixes: number;
}

/** Other limits than the usual ones; `undefined` is as good as absent. */
export type GivenXmlLimits = { readonly [Name in keyof XmlLimits]?: XmlLimits[Name] | undefined };

/** The limits that hold unless others are asked for: those of a stanza that any server would pass on. */
export const DEFAULT_LIMITS: XmlLimits = {
  maxElementBytes: 1024 * 1024,
  maxHeaderBytes: 64 * 1024,
  maxDepth: 256,
  maxAttributes: 1000,
  maxPrefixes: 1000,
};

/** The limits that were given, and the usual ones where none was. */
export function completeLimits(given: GivenXmlLimits): XmlLimits {
  // Name by name, for this is done for each message of a WebSocket.
  return {
    maxElementBytes: given.maxElementBytes ?? DEFAULT_LIMITS.maxElementBytes,
    maxHeaderBytes: given.maxHeaderBytes ?? DEFAULT_LIMITS.maxHeaderBytes,
    maxDepth: given.maxDepth ?? DEFAULT_LIMITS.maxDepth,
    maxAttributes: given.maxAttributes ?? DEFAULT_LIMITS.maxAttributes,
    maxPrefixes: given.maxPrefixes ?? DEFAULT_LIMITS.maxPrefixes,
  };
}
