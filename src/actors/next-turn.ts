/** Calls later, in another turn of the event loop; answers what takes that back. */
export type NextTurn = (call: () => void) => () => void;

/** What there may be besides: Node has it, browsers have not. */
interface Platform {
  readonly MessageChannel: unknown;
  setImmediate?(call: () => void): unknown;
  clearImmediate?(immediate: unknown): void;
}

const platform: Platform = globalThis;

/**
 * Calls once everything else that waits had its turn: sockets, timers, whatever the application has to do. Where there is no
 * `setImmediate`, by messages: browsers hold timers back that are set again and again.
 */
export const inNextTurn: NextTurn = platform.setImmediate ? callByImmediate : callByMessage();

function callByImmediate(call: () => void): () => void {
  const immediate = platform.setImmediate?.(call);
  return () => platform.clearImmediate?.(immediate);
}

/** By messages to oneself. There is a channel for them only while somebody waits, so that it keeps nobody alive. */
export function callByMessage(): NextTurn {
  const waiting = new Set<() => void>();
  let channel: MessageChannel | undefined;
  return (call) => {
    // A place of its own, should the same function wait twice.
    const place = (): void => call();
    waiting.add(place);
    post();
    return () => {
      waiting.delete(place);
      closeIfIdle();
    };
  };

  function post(): void {
    channel ??= open();
    channel.port2.postMessage(undefined);
  }

  function open(): MessageChannel {
    const opened = new MessageChannel();
    opened.port1.onmessage = () => {
      // One for each message.
      for (const place of waiting) {
        waiting.delete(place);
        place();
        break;
      }
      closeIfIdle();
    };
    return opened;
  }

  function closeIfIdle(): void {
    if (waiting.size > 0) return;
    channel?.port1.close();
    channel = undefined;
  }
}
