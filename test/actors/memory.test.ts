import { describe, expect, it } from 'vitest';
import type { TransportInput } from '../../machines/contracts.ts';
import type { MemoryPipe } from '../../machines/index.ts';
import { dialMemory } from '../../src/actors/memory.ts';
import { clientInput } from '../../src/client/client-input.ts';
import { turn } from './recorder.ts';

describe('a wire to a server in this process', () => {
  it('connects later, as on a network, and carries bytes both ways', async () => {
    const { wire, log, server } = dial();
    expect(log).toEqual([]);
    await turn();
    expect(wire.write('h\u00e9llo')).toBe(true);
    server()?.write(new TextEncoder().encode('hi'));
    expect(log).toEqual(['connected', 'server hears h\u00e9llo', 'received hi']);
  });

  it('says so when the server ends it', async () => {
    const { log, server } = dial();
    await turn();
    server()?.end();
    expect(log).toEqual(['connected', 'closed']);
  });

  it('tells the server when we end it, once, and hears nothing more', async () => {
    const { wire, log, server } = dial();
    await turn();
    wire.end();
    wire.end();
    server()?.write(new Uint8Array([65]));
    server()?.end();
    expect(log).toEqual(['connected', 'server hears the end']);
  });

  it('that was ended before it connected never connects', async () => {
    const { wire, log } = dial();
    wire.end();
    await turn();
    expect(log).toEqual([]);
  });

  it('holds nothing back: there is nobody to be told to wait', async () => {
    const { wire, log, server } = dial();
    await turn();
    expect(wire.pause()).toBe(true);
    server()?.write(new TextEncoder().encode('hi'));
    wire.resume();
    expect(log).toEqual(['connected', 'received hi']);
  });

  it('is ended as well by who gives it up, once', async () => {
    const { wire, log, server } = dial();
    await turn();
    wire.abort();
    wire.end();
    server()?.end();
    expect(log).toEqual(['connected', 'server hears the end']);
  });

  it('has no TLS', () => {
    expect(() => dial().wire.startTls()).toThrow('There is no TLS in memory');
  });
});

function dial() {
  const log: string[] = [];
  let client: MemoryPipe | undefined;
  const decoder = new TextDecoder();
  const connect = (pipe: MemoryPipe): MemoryPipe => {
    client = pipe;
    return {
      write: (bytes) => void log.push(`server hears ${decoder.decode(bytes)}`),
      end: () => void log.push('server hears the end'),
    };
  };
  const input: TransportInput = {
    endpoint: { transport: 'memory', host: 'example.org', port: 0, security: 'none', reason: '', connect },
    domain: 'example.org',
    settings: clientInput({ jid: 'juliet@example.org', password: 'x', memory: connect }),
  };
  const wire = dialMemory(input, {
    connected: () => void log.push('connected'),
    secured: () => void log.push('secured'),
    received: (bytes) => void log.push(`received ${decoder.decode(bytes)}`),
    heard: () => void log.push('heard'),
    drained: () => void log.push('drained'),
    failed: ({ code }) => void log.push(code),
    closed: () => void log.push('closed'),
  });
  return { wire, log, server: () => client };
}
