import type { TLSSocket } from 'node:tls';

/**
 * Keeps a server's first answer from being late. One that leaves Nagle's algorithm on, as Prosody 0.12 does, sends in TLS 1.3
 * a session ticket, and nothing more before that was acknowledged; and this machine, with nothing to send, acknowledges
 * after 40 ms. So a space goes out whenever tickets come while all that was said is our stream header.
 *
 * Never later: a login has begun, or may be on its way with the header, and allows no white space (RFC 6120 §6.3.5, XEP-0388
 * §2.4).
 *
 * @returns what is to be called with everything that is written, before it is
 */
export function answerTickets(socket: TLSSocket): (text: string) => void {
  let said: 'nothing' | 'header' | 'more' = 'nothing';
  let isDue = false;
  socket.on('session', plan).once('data', stop);
  return (text) => {
    if (said === 'nothing' && HEADER_ALONE.test(text)) said = 'header';
    else if (said !== 'more') stop();
  };

  function plan(): void {
    // Not within the event, while OpenSSL reads: what is written then stays in its buffer, or breaks the connection.
    if (!isDue) setImmediate(answer);
    isDue = true;
  }

  function answer(): void {
    isDue = false;
    if (said === 'header' && socket.writable) socket.write(' ');
  }

  function stop(): void {
    said = 'more';
    socket.off('session', plan);
  }
}

const HEADER_ALONE = /^(?:<\?xml[^>]*>)?<stream:stream\b[^>]*>$/;
