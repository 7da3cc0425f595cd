import type { Sieve } from '../support/cutting-proxy.ts';

/*
 * Prosody 0.12 (and 13: `session.data` of mod_c2s is none of what a resumed session takes over) reads a resumed session with the
 * parser of its first connection. Where a cut leaves half of something in there, what the client says next is glued to it: over
 * STARTTLS the server then hears nothing more, or no XML; over a WebSocket the masks no longer fit. Against these servers a
 * client's writes reach the server as a whole or not at all.
 */

/** Lets each write of a client pass as a whole: TLS in clear or behind STARTTLS. */
export function passWholeWrites(): Sieve {
  return passWhole((bytes) => (bytes[0] === CLEAR ? bytes.length : lengthOfWrite(bytes)));
}

/** Lets each message of a WebSocket without TLS pass as a whole, and the handshake before them. */
export function passWholeMessages(): Sieve {
  let isUpgraded = false;
  return passWhole((bytes) => {
    if (isUpgraded) return lengthOfFrame(bytes);
    const end = bytes.indexOf(HEADERS_END);
    isUpgraded = end >= 0;
    return isUpgraded ? end + HEADERS_END.length : undefined;
  });
}

/** What XML begins with, and no record of TLS. */
const CLEAR = '<'.charCodeAt(0);

/** Bytes of content in a TLS record behind which the same write goes on (RFC 8446 §5.1), encryption not counted. */
const FULL = 2 ** 14;

const HEADERS_END = '\r\n\r\n';

/** `measure` tells the length of what comes next, or `undefined` where that takes more bytes. */
function passWhole(measure: (bytes: Buffer) => number | undefined): Sieve {
  let held = Buffer.alloc(0);
  return (bytes) => {
    held = Buffer.concat([held, bytes]);
    let end = 0;
    while (end < held.length) {
      const length = measure(held.subarray(end));
      if (length === undefined || length > held.length - end) break;
      end += length;
    }
    const whole = held.subarray(0, end);
    held = held.subarray(end);
    return whole;
  };
}

/** A write takes as many full records as it fills, and one that is not full. */
function lengthOfWrite(bytes: Buffer): number | undefined {
  for (let length = 0; bytes.length >= length + 5; ) {
    const content = bytes.readUInt16BE(length + 3);
    length += 5 + content;
    if (content < FULL) return length;
  }
  return undefined;
}

/** Header, mask and payload (RFC 6455 §5.2). */
function lengthOfFrame(bytes: Buffer): number | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  if (short < 126) return 6 + short;
  if (short === 126) return bytes.length < 4 ? undefined : 8 + bytes.readUInt16BE(2);
  return bytes.length < 10 ? undefined : 14 + Number(bytes.readBigUInt64BE(2));
}
