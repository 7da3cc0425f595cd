/** Whether somebody uses the application. */
export type AppState = 'active' | 'inactive';

/** That changed. */
export interface AppEvent {
  readonly type: `app.${AppState}`;
}
