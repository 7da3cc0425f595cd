/** A value in a message: never its content, which may be a secret, unless it is short and plain. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === undefined) return 'none';
  return Array.isArray(value) ? 'a list' : shownKind(value);
}

/** The same for what is a secret even if it is short and plain. */
export function shownKind(value: unknown): string {
  return value === null ? 'null' : `a value of type ${typeof value}`;
}
