import { DeliveryError, QueueFullError, SessionEndedError } from '../errors/index.ts';

/** It was to be sent at once or never, and there is no session. */
export function noSession(): DeliveryError {
  return new DeliveryError('There is no session to send the stanza in', {
    condition: 'not-kept',
    hint: 'Without `keep: false` it would wait for the next one.',
  });
}

/** It was to be sent at once or never, and the server got none of it. */
export function connectionLost(): DeliveryError {
  return new DeliveryError('The connection was lost before the server got the stanza', {
    condition: 'not-kept',
    hint: 'Without `keep: false` it would be sent when the client is back.',
  });
}

/** Its time was over. */
export function expired(after: number | undefined): DeliveryError {
  return new DeliveryError(
    `The stanza could not be written ${after === undefined ? 'in time' : `within ${after} ms`}`,
    {
      condition: 'expired',
      hint: 'Send it anew if it still means something, or give it more time with `expires`.',
    },
  );
}

/** It made way for a newer one. */
export function dropped(): DeliveryError {
  return new DeliveryError('The queue was full, and a newer stanza took the place of this one', {
    condition: 'dropped',
    hint: "That is what `whenFull: 'drop-oldest'` asks for; raise `limits.maxQueuedStanzas` to keep more.",
  });
}

/** Too many wait already. */
export function tooMany(count: number): QueueFullError {
  return new QueueFullError(`${count} stanzas wait to be sent already`, {
    hint: 'Wait until the client is online, send less, or raise `limits.maxQueuedStanzas`.',
  });
}

/** Too much waits already. */
export function tooMuch(characters: number): QueueFullError {
  return new QueueFullError(`Stanzas of ${characters} characters wait to be sent already`, {
    hint: 'Wait until the client is online, send less, or raise `limits.maxQueuedCharacters`.',
  });
}

/** It alone is more than may wait. */
export function tooLong(length: number, limit: number): QueueFullError {
  return new QueueFullError(`A stanza of ${length} characters is more than may wait to be sent, ${limit}`, {
    hint: 'Send it when the client is online, send it in parts, or raise `limits.maxQueuedCharacters`.',
  });
}

/** It was written, and nobody will say whether it arrived. */
export function unconfirmed(): SessionEndedError {
  return new SessionEndedError('The session ended before the server confirmed the stanza', {
    condition: 'lost',
    hint: 'It may have arrived or not: send it again, with the same id.',
  });
}

/** A request fails with its session; sent in the next one, it would do what its caller was told did not happen. */
export function requestLost(): SessionEndedError {
  return new SessionEndedError('The session ended before the request was sent', { condition: 'lost' });
}
