import { useEffect, useSyncExternalStore } from 'react';
import type { ChatClient } from './chatClient';
import { ChatPage } from './components/ChatPage';
import { DeadLink } from './components/DeadLink';
import { Opening } from './components/Opening';

export function App({ client }: { client: ChatClient }) {
  const view = useSyncExternalStore(client.subscribe, client.getView);

  useEffect(() => {
    client.start();
    return () => client.stop();
  }, [client]);

  switch (view.phase) {
    case 'opening':
      return <Opening trouble={view.trouble} onTryNow={client.tryNow} />;
    case 'dead':
      return <DeadLink />;
    case 'open':
      return <ChatPage client={client} session={view.session} connected={view.connected} lost={view.lost} />;
  }
}
