import { JidError } from './jid-error.ts';

/** XEP-0106 §3.2: the characters that a localpart cannot have, and how each is written in one. */
const ESCAPES: ReadonlyMap<string, string> = new Map(
  Array.from(' "&\'/:<>@\\', (character) => [character, `\\${character.charCodeAt(0).toString(16)}`]),
);
const CHARACTERS: ReadonlyMap<string, string> = new Map(
  Array.from(ESCAPES, ([character, sequence]) => [sequence, character]),
);

/**
 * What has to be escaped: the forbidden characters, and a backslash where an escape would be read. In either case of letters:
 * a localpart is lower case in the end, and `\3A` would have become an escape by then.
 */
const TO_ESCAPE = /[ "&'/:<>@]|\\(?=2[0267f]|3[ace]|40|5c)/gi;
/** A space at the edge cannot be seen, and its escape is not allowed there: it is text that looks like one. */
const ESCAPED = /(?!^\\20|\\20$)\\(?:2[0267f]|3[ace]|40|5c)/g;
const SPACE_AT_EDGE = /^ | $/;

/**
 * Writes a name that a person typed, or that another system uses, so that it can be a localpart (XEP-0106 §4.2):
 * `d'artagnan` becomes `d\27artagnan`. Give the result to `createJid`; apply it once, and not to what is a localpart already.
 *
 * @throws JidError where the name begins or ends with a space, for which XEP-0106 has no escape
 */
export function escapeLocalpart(name: string): string {
  if (SPACE_AT_EDGE.test(name)) {
    throw new JidError('invalid-localpart', 'a name without spaces at its beginning and end', name);
  }
  return name.replace(TO_ESCAPE, (character) => ESCAPES.get(character) ?? character);
}

/**
 * The name that an escaped localpart stands for, to show it to people or to hand it to another system (XEP-0106 §3.3). Never
 * compare these names, nor send them: compare and send the JID.
 */
export function unescapeLocalpart(localpart: string): string {
  return localpart.replace(ESCAPED, (sequence) => CHARACTERS.get(sequence) ?? sequence);
}
