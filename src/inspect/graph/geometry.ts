/** A place in the picture, in pixels from the upper left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Corners of a line, its ends included. */
export type Route = readonly Point[];

/** A part of the picture. */
export interface Rectangle extends Point {
  readonly width: number;
  readonly height: number;
}
