import { byIdAs } from './elements.ts';
import { parseRecordingFile, type RecordingFile, RecordingFileError } from './recording-file.ts';

/** What happens with a file that somebody gave. */
export interface RecordingActs {
  open(recording: RecordingFile, file: string): void;
  /** It cannot be opened; the message is for people. */
  refuse(message: string): void;
}

const MOST_BYTES = 100 * 1024 * 1024;

/** Opens recordings: dropped on the page, or chosen with the button. */
export function listenForRecordings(acts: RecordingActs): void {
  const input = byIdAs('recording-input', HTMLInputElement);
  const target = byIdAs('drop-target', HTMLElement);
  byIdAs('open-recording', HTMLButtonElement).addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    void open(input.files?.[0]);
    // The same file may be chosen again.
    input.value = '';
  });
  document.addEventListener('dragenter', (event) => {
    if (hasFile(event)) target.hidden = false;
  });
  document.addEventListener('dragover', (event) => {
    if (hasFile(event)) event.preventDefault();
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) target.hidden = true;
  });
  document.addEventListener('drop', (event) => {
    target.hidden = true;
    if (!hasFile(event)) return;
    event.preventDefault();
    void open(event.dataTransfer?.files[0]);
  });

  async function open(file: File | undefined): Promise<void> {
    if (!file) return;
    try {
      if (file.size > MOST_BYTES) throw new RecordingFileError('It is larger than any recording.');
      acts.open(parseRecordingFile(await file.text()), file.name);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      acts.refuse(`${file.name} was not opened. ${reason}`);
    }
  }
}

function hasFile(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}
