import type { Random } from './random.ts';
import { documentPieces } from './xml-grammar.ts';
import { ODD, ODD_BYTES } from './xml-words.ts';

const encoder = new TextEncoder();

/** The input with this number: the same for the same seed. About half of them are left as the grammar made them. */
export function xmlInput(random: Random): Uint8Array {
  const pieces = documentPieces(random);
  if (random.chance(0.45)) return encoder.encode(pieces.join(''));
  for (let count = random.below(4); count > 0; count--) mutatePieces(pieces, random);
  let bytes: Uint8Array = encoder.encode(pieces.join(''));
  for (let count = random.chance(0.6) ? 0 : random.between(1, 2); count > 0; count--)
    bytes = mutateBytes(bytes, random);
  return bytes;
}

function mutatePieces(pieces: string[], random: Random): void {
  const at = random.below(pieces.length);
  const size = random.chance(0.8) ? 1 : random.between(1, 8);
  switch (random.below(8)) {
    case 0:
      pieces.splice(at, size);
      break;
    case 1:
      pieces.splice(at, 0, ...pieces.slice(at, at + size));
      break;
    case 2:
      swap(pieces, at, random.below(pieces.length));
      break;
    case 3:
      splice(pieces, at, random);
      break;
    case 4:
      pieces.splice(at, 1, random.pick(ODD));
      break;
    case 5:
      pieces[at] = cutInto(pieces[at] ?? '', random.pick(ODD), random);
      break;
    default:
      pieces.splice(at, 0, random.pick(ODD));
  }
}

function swap(pieces: string[], one: number, other: number): void {
  const piece = pieces[one] ?? '';
  pieces[one] = pieces[other] ?? '';
  pieces[other] = piece;
}

/** The end of another document in place of the rest, or a part of it in the middle. */
function splice(pieces: string[], at: number, random: Random): void {
  const other = documentPieces(random);
  const from = random.below(other.length);
  if (random.chance(0.5)) pieces.splice(at, pieces.length, ...other.slice(from));
  else pieces.splice(at, 0, ...other.slice(from, from + random.between(1, 20)));
}

function cutInto(piece: string, inserted: string, random: Random): string {
  const at = random.below(piece.length + 1);
  return piece.slice(0, at) + inserted + piece.slice(at);
}

function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  const size = random.between(1, 4);
  switch (random.below(7)) {
    case 0:
      return replaced(bytes, at, 1, [(bytes[at] ?? 0) ^ (1 << random.below(8))]);
    case 1:
      return replaced(bytes, at, 1, [random.below(256)]);
    case 2:
      return replaced(bytes, at, size, []);
    case 3:
      return replaced(bytes, at, 0, bytes.subarray(at, at + size));
    case 4:
      return bytes.slice(0, at);
    case 5:
      return replaced(bytes, at, 1, random.pick(ODD_BYTES));
    default:
      return replaced(bytes, at, 0, random.pick(ODD_BYTES));
  }
}

function replaced(bytes: Uint8Array, at: number, size: number, by: ArrayLike<number>): Uint8Array {
  return Uint8Array.from([...bytes.subarray(0, at), ...Array.from(by), ...bytes.subarray(at + size)]);
}
