/** The beginning of a text, at most so many UTF-16 units, that cuts no character in half: half a character can be sent to nobody. */
export function beginningOf(text: string, most: number): string {
  const last = text.charCodeAt(most - 1);
  const isHalf = text.length > most && last >= 0xd800 && last < 0xdc00;
  return text.slice(0, isHalf ? most - 1 : most);
}
