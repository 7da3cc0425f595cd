import type { Client, ClientEvents } from '../../src/node.ts';

/** The next event of a type that a client tells of, and that passes. */
export function nextEvent<Type extends keyof ClientEvents>(
  client: Client,
  type: Type,
  passes: (event: ClientEvents[Type]) => boolean = () => true,
): Promise<ClientEvents[Type]> {
  return new Promise((resolve) => {
    const stop = client.on(type, (event) => {
      if (!passes(event)) return;
      stop();
      resolve(event);
    });
  });
}
