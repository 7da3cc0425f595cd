import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What lies between a client and a server, and can be cut. */
export interface Cable {
  /** Where it begins, on 127.0.0.1. */
  readonly port: number;
  /** From now on nothing gets through, and nobody notices. */
  freeze(): void;
  /** Ends all connections, in both directions, without a word of TLS or XMPP. New ones get through. */
  cut(): void;
  /** Takes no more connections, and ends those that are left. */
  remove(): Promise<void>;
}

/** Lays a cable to a port of 127.0.0.1. */
export async function layCable(port: number): Promise<Cable> {
  const strands = new Set<Strand>();
  const listener = createServer((near) => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true });
    const strand = [near.setNoDelay(true), far] as const;
    strands.add(strand);
    for (const socket of strand) {
      socket.on('error', () => {});
      socket.on('close', () => {
        strands.delete(strand);
        end(strand);
      });
    }
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const cut = () => {
    for (const strand of strands) end(strand);
  };
  return {
    port: (listener.address() as AddressInfo).port,
    freeze() {
      for (const [near, far] of strands) {
        near.unpipe(far).pause();
        far.unpipe(near).pause();
      }
    },
    cut,
    async remove() {
      cut();
      await once(listener.close(), 'close');
    },
  };
}

type Strand = readonly [near: Socket, far: Socket];

function end(strand: Strand): void {
  for (const socket of strand) socket.destroy();
}
