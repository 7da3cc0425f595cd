// A chat page with React: the page is a machine (`chat-machine.ts`) that invokes the client; React shows what state it is in.
// Run it: `npx vite docs/examples/react-chat`. No plugin is needed.

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Chat } from './chat.tsx';

const root = document.getElementById('chat');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Chat />
    </StrictMode>,
  );
}
