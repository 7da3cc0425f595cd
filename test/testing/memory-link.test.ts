import { afterEach, describe, expect, test, vi } from 'vitest';
import type { MemoryPipe } from '../../machines/endpoint.ts';
import { type Server, type ServerOptions, startServer } from '../../src/testing/index.ts';
import { RawClient } from './raw-client.ts';

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function start(options: Partial<ServerOptions> = {}): Promise<Server> {
  const accounts = { juliet: 'r0m30' };
  const server = await startServer({ domain: 'capulet.example', accounts, listen: false, ...options });
  servers.push(server);
  return server;
}

describe('the memory transport', () => {
  test('never calls a client from within its own call, and joins what is sent in one turn', async () => {
    const server = await start();
    const chunks: string[] = [];
    let isWriting = false;
    const client: MemoryPipe = {
      write: (bytes) => {
        expect(isWriting).toBe(false);
        chunks.push(new TextDecoder().decode(bytes));
      },
      end: () => chunks.push('end'),
    };
    isWriting = true;
    const pipe = server.connect(client);
    const bytes = new TextEncoder().encode(
      '<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" to="capulet.example" version="1.0">',
    );
    pipe.write(bytes);
    bytes.fill(0);
    isWriting = false;
    await vi.waitFor(() => expect(chunks).toEqual([expect.stringMatching(/^<\?xml.*<\/features>$/)]));
    pipe.end();
    await vi.waitFor(() => expect(chunks.at(-1)).toBe('end'));
    pipe.write(bytes);
    pipe.end();
  });

  test('is not harmed by a client that fails', async () => {
    const server = await start();
    const fail = () => {
      throw new Error('Oh');
    };
    const pipe = server.connect({ write: fail, end: fail });
    pipe.write(new TextEncoder().encode('<'));
    pipe.end();
    await RawClient.memory(server).login('juliet', 'r0m30', 'balcony');
  });
});
