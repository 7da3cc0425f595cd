import type { MemoryConnect } from '../../../machines/index.ts';

/** A way to a server that remembers what the client said, without any mask. */
export interface Wiretap {
  readonly connect: MemoryConnect;
  sent(): string;
}

/** Puts itself between a client and its server. */
export function listenIn(connect: MemoryConnect): Wiretap {
  const decoder = new TextDecoder();
  let text = '';
  return {
    connect(client) {
      const server = connect(client);
      return {
        write(bytes) {
          text += decoder.decode(bytes, { stream: true });
          server.write(bytes);
        },
        end: () => server.end(),
      };
    },
    sent: () => text,
  };
}
