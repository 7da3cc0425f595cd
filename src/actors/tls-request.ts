import type { TLSSocket } from 'node:tls';
import type { ClientClock, Timer } from '../../machines/settings.ts';

/** A server to which a connection took less than so many milliseconds is near. To others a round trip costs as much as is won. */
const NEAR = 20;

/** Milliseconds that a near server may take for its next ticket; not all send two. */
const PATIENCE = 5;

/** What a request over HTTP ends with, if nothing follows its header (RFC 9112 §2.1): there is an end to keep back. */
const END = '\r\n\r\n';

/**
 * Keeps the answer to a request from being late, as `answerTickets` does with that to a stream header: a server with Nagle's
 * algorithm sends nothing behind a session ticket of TLS 1.3 before that was acknowledged. White space may neither precede nor
 * follow a request (RFC 9112 §2.2), so a ticket is answered with what is left of the request itself: its last two characters are
 * kept back, one for each ticket.
 *
 * To be called when the connection is dialled, with nothing written yet. Returns the same socket.
 */
export function answerTicketsWithRequest(socket: TLSSocket, clock: ClientClock): TLSSocket {
  const asked: unknown[][] = [];
  let dialledAt = clock.now();
  let isNear = false;
  let left = '';
  /** Tickets that are not answered yet. */
  let tickets = 0;
  let timer: Timer | undefined;

  // Otherwise our own system would keep the second part of the request back.
  socket.setNoDelay(true);
  socket.write = (...written: unknown[]) => asked.push(written) > 0;
  socket.once('lookup', () => {
    dialledAt = clock.now();
  });
  socket.once('connect', () => {
    isNear = clock.now() - dialledAt < NEAR;
  });
  socket.once('secureConnect', ask);
  return socket;

  function ask(): void {
    Reflect.deleteProperty(socket, 'write');
    const [[text, ...how] = [], ...more] = asked;
    const mayWait = isNear && socket.getProtocol() === 'TLSv1.3' && more.length === 0;
    if (!mayWait || typeof text !== 'string' || !text.endsWith(END)) {
      for (const written of asked) write(...written);
      return;
    }
    left = text.slice(-2);
    write(text.slice(0, -2), ...how);
    socket.on('session', plan).once('close', stop);
    wait();
  }

  function plan(): void {
    // Not within the event, while OpenSSL reads: what is written then stays in its buffer, or breaks the connection.
    if (tickets === 0) setImmediate(answer);
    tickets += 1;
  }

  function answer(): void {
    say(tickets);
    tickets = 0;
  }

  function wait(): void {
    if (timer !== undefined) clock.clearTimeout(timer);
    timer = clock.setTimeout(() => say(left.length), PATIENCE);
  }

  function say(length: number): void {
    const next = left.slice(0, length);
    left = left.slice(length);
    if (next !== '') write(next);
    if (left === '') stop();
    else wait();
  }

  function stop(): void {
    left = '';
    if (timer !== undefined) clock.clearTimeout(timer);
    timer = undefined;
    socket.off('session', plan).off('close', stop);
  }

  function write(...written: unknown[]): void {
    Reflect.apply(socket.write, socket, written);
  }
}
