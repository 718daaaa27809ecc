// The hook, for whichever React the page has: `const { AgentProvider, useAgents } = agentHooks(React)`.
import { connectAgents } from "./agents.mjs";

export function agentHooks({ createContext, createElement, useContext, useEffect, useState }) {
  const Agents = createContext(null);

  /** Keeps one connection for everything below it. */
  function AgentProvider({ url, learnerId, children }) {
    const [agents, setAgents] = useState(null);
    useEffect(() => {
      const connected = connectAgents(url, { learnerId });
      setAgents(connected);
      return () => connected.close();
    }, [url, learnerId]);
    return createElement(Agents.Provider, { value: agents }, children);
  }

  /** `{ sendMessage, subscribe }`; null until the provider has connected. */
  function useAgents() {
    return useContext(Agents);
  }

  return { AgentProvider, useAgents };
}
