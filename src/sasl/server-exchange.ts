import type { SaslFailureCondition } from './sasl-error.ts';

/** What a server answers to a message of the client. */
export type ServerReply =
  | { readonly type: 'challenge'; readonly data: Uint8Array }
  | ServerSuccess
  | { readonly type: 'failure'; readonly condition: SaslFailureCondition; readonly text: string };

/** The client proved who it is. Whether it may act as `authzid` is for the caller to decide. */
interface ServerSuccess {
  readonly type: 'success';
  readonly username: string;
  readonly authzid: string | undefined;
  /** Additional data to send with the success. */
  readonly data: Uint8Array | undefined;
}

/** The server's side of one authentication. Never rejects for what the client sent; over after success or failure. */
export interface ServerExchange {
  /** Takes the initial response (`undefined` if there was none) or the response to the last challenge. */
  answer(message: Uint8Array | undefined): Promise<ServerReply>;
}
