import type { LiveAnswer, LiveChart, LiveCommand, LiveMessage } from '../live/protocol.ts';

/** How the page stands with the server of the inspector. */
export type LinkState = 'connecting' | 'connected' | 'lost';

/** The way to the server of the inspector. All paths are relative: the token is part of the address of the page. */
export interface Connection {
  /** Sends a command. Never rejects: what went wrong is in the answer. */
  send(command: LiveCommand): Promise<LiveAnswer>;
  /** One chart. Rejects where there is none, or nobody answers. */
  chart(key: string): Promise<LiveChart>;
  /** The whole text of an entry that was shortened. Rejects where the server no longer has it. */
  wholeText(seq: number): Promise<string>;
}

/** What a connection tells. */
export interface ConnectionListener {
  message(message: LiveMessage): void;
  link(state: LinkState): void;
}

const RETRY_AFTER = 1000;

/** Connects, and again whenever the connection is lost. */
export function connect(listener: ConnectionListener): Connection {
  listen(listener);
  return {
    send,
    chart: async (key) => (await get(`charts/${encodeURIComponent(key)}`)).json(),
    wholeText: async (seq) => (await get(`entries/${seq}`)).text(),
  };
}

function listen(listener: ConnectionListener): void {
  const source = new EventSource('events');
  source.addEventListener('open', () => listener.link('connected'));
  source.addEventListener('message', ({ data }) => listener.message(JSON.parse(data)));
  source.addEventListener('error', () => {
    listener.link('lost');
    // It tries again by itself as long as the server answers something sensible; otherwise we do.
    if (source.readyState !== EventSource.CLOSED) return;
    source.close();
    setTimeout(() => listen(listener), RETRY_AFTER);
  });
}

async function send(command: LiveCommand): Promise<LiveAnswer> {
  try {
    const response = await fetch('commands', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(command),
    });
    return await response.json();
  } catch {
    return { ok: false, message: 'The inspector does not answer: is the process of the client still running?' };
  }
}

async function get(path: string): Promise<Response> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`The inspector answers ${response.status}`);
  return response;
}
