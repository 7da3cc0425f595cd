import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { StanzaKind } from './stanzas.ts';

/** What the scripted server is told. Sessions are numbered in the order of logging in. */
export type Command =
  | { readonly flood: number; readonly kind: StanzaKind; readonly session: number }
  | { readonly expect: number };

/** What it answers: its ports once, that it counts, that the expected number of messages has come. */
export type Report =
  | { readonly tcp: number; readonly ws: number }
  | { readonly counting: true }
  | { readonly counted: true };

/** Where peers find the scripted server; everything on 127.0.0.1. */
export interface BenchAddress {
  /** The JID to log in with. */
  readonly jid: string;
  readonly domain: string;
  readonly host: string;
  readonly port: number;
  /** URL of the WebSocket endpoint. */
  readonly url: string;
}

/** A scripted server in a process of its own, which ends with this one. */
export interface ScriptedServer {
  readonly address: BenchAddress;
  /** Has `count` stanzas sent to a session. */
  flood(kind: StanzaKind, count: number, session?: number): void;
  /** Resolves when the server counts from zero; `arrived` when `count` messages have come, from whichever session. */
  expect(count: number): Promise<{ readonly arrived: Promise<void> }>;
  stop(): Promise<void>;
}

export async function startScriptedServer(): Promise<ScriptedServer> {
  const child = fork(fileURLToPath(new URL('scripted-server.js', import.meta.url)), { execArgv: [] });
  const [ports] = await Promise.race([once(child, 'message'), failure(child)]);
  const host = '127.0.0.1';
  return {
    address: {
      jid: 'juliet@capulet.example',
      domain: 'capulet.example',
      host,
      port: ports.tcp,
      url: `ws://${host}:${ports.ws}/`,
    },
    flood: (kind, count, session = 0) => {
      child.send({ flood: count, kind, session } satisfies Command);
    },
    expect: async (count) => {
      const counting = reported(child, 'counting');
      const arrived = reported(child, 'counted');
      child.send({ expect: count } satisfies Command);
      await counting;
      return { arrived };
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

function reported(child: ChildProcess, name: 'counting' | 'counted'): Promise<void> {
  return new Promise((resolve) => {
    child.on('message', function listen(report: Report) {
      if (!(name in report)) return;
      child.off('message', listen);
      resolve();
    });
  });
}

async function failure(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`the scripted server ended with ${code}`);
}
