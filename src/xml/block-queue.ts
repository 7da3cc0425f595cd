import { type Block, Decoder } from './decoder.ts';

/** Blocks that were read leave the queue when they are so many. */
const MOST_USED = 64;

/** What was written and not yet read, decoded. */
export class BlockQueue {
  private readonly decoder = new Decoder();
  private readonly blocks: Block[] = [];
  private used = 0;

  write(bytes: Uint8Array): void {
    this.decoder.decode(bytes, this.blocks);
  }

  writeText(text: string): void {
    this.decoder.decodeText(text, this.blocks);
  }

  /** The next block, which leaves the queue. */
  take(): Block | undefined {
    const block = this.blocks[this.used];
    if (block === undefined) return undefined;
    if (++this.used === this.blocks.length || this.used === MOST_USED) {
      this.blocks.splice(0, this.used);
      this.used = 0;
    }
    return block;
  }

  /** Whether neither a block nor a part of a character is left. */
  get isEmpty(): boolean {
    return this.used === this.blocks.length && !this.decoder.hasPartial;
  }

  clear(): void {
    this.blocks.length = 0;
    this.used = 0;
  }
}
