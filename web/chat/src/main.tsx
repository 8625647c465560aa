import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { ChatClient } from './chatClient';
import { codeOf } from './opening';
import './styles.css';
import { speak } from './texts';

const root = document.getElementById('root');
if (root) {
  speak(null);
  const client = new ChatClient(codeOf(location.pathname));
  createRoot(root).render(
    <StrictMode>
      <App client={client} />
    </StrictMode>,
  );
}
