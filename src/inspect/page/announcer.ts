/** Tells changes to those who hear the page. */
export interface Announcer {
  /** Says a text, unless another one follows at once: only where things come to rest is worth hearing. */
  say(text: string): void;
}

const REST = 1000;

/** `region` is a polite live region. */
export function createAnnouncer(region: HTMLElement): Announcer {
  let last = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    say(text) {
      if (text === last) return;
      last = text;
      clearTimeout(timer);
      timer = setTimeout(() => {
        region.textContent = text;
      }, REST);
    },
  };
}
