import type { MemoryPipe } from '../../machines/endpoint.ts';
import { TransportError } from '../errors/index.ts';
import { documentFraming } from '../stream/index.ts';
import type { Dial } from './wire.ts';

/** Connects to a server in the same process: no socket, no TLS, and nobody in between. */
export const dialMemory: Dial = ({ endpoint }, listener) => {
  const encoder = new TextEncoder();
  let server: MemoryPipe | undefined;
  let over = false;

  // Later, as on a network: the transport is not ready before its wire was returned to it.
  queueMicrotask(() => {
    if (over) return;
    try {
      const pipe = endpoint.connect?.({
        write: (bytes) => {
          if (!over) listener.received(bytes);
        },
        end: () => {
          if (!over) listener.closed();
        },
      });
      if (typeof pipe?.write !== 'function') return listener.failed(notConnected(undefined));
      server = pipe;
    } catch (cause) {
      return listener.failed(notConnected(cause));
    }
    listener.connected();
  });

  return {
    framing: documentFraming,
    write(text) {
      server?.write(encoder.encode(text));
      return true;
    },
    startTls() {
      throw new Error('There is no TLS in memory');
    },
    // Nobody there could be told to wait; what comes is kept, in order, by who asked for it.
    pause: () => true,
    resume() {},
    end,
    // Nothing is on its way in memory.
    abort: end,
  };

  function end(): void {
    if (over) return;
    over = true;
    server?.end();
  }
};

/** The function of the application failed, or gave no pipe. */
function notConnected(cause: unknown): TransportError {
  return new TransportError('The server in this process could not be reached', {
    condition: 'connection-failed',
    cause,
    hint: 'Look at the function given as `memory`, and the stack of `cause`.',
  });
}
